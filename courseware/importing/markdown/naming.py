"""Names: titles from paths, addresses from titles, and the order that people expect of numbers."""

from __future__ import annotations

import hashlib
import posixpath
import re
import unicodedata
from collections import Counter

INDEXES = {"index", "readme", "_index"}
GENERIC = {"docs", "doc", "src", "content", "contents", "book", "course", "lessons", "guide", "pages", "."}
NUMBERED = re.compile(r"^\d{1,4}(?:[-_. ]+|$)(?=\D)")


def stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]


def is_index(path: str) -> bool:
    return stem(path).lower() in INDEXES


def slugify(text: str) -> str:
    """Small letters, digits and hyphens; at most 80 of them."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:80].strip("-")


def course_key(title: str) -> str:
    """By what a course is known when it comes again; two whose names have no Latin letter are two."""
    return slugify(title) or f"course-{hashlib.sha256(title.encode()).hexdigest()[:8]}"


def humanised(name: str) -> str:
    """`02-swish_pattern` as people write it: `Swish pattern`."""
    words = re.sub(r"[-_\s]+", " ", NUMBERED.sub("", name) or name).strip()
    return words[:1].upper() + words[1:] if words else name


def natural(name: str) -> list[tuple[int, int, str]]:
    """A key by which 2 comes before 10."""
    parts = re.findall(r"\d+|\D+", name.lower())
    return [(0, int(p[:18]), "") if p.isdigit() and p.isascii() else (1, 0, p) for p in parts]


def addresses(paths: list[str]) -> dict[str, str]:
    """An address for each path: its own name where that is the only one, else with as many folders as it takes."""
    counts = [Counter(_short(path, depth) for path in paths) for depth in range(4)]
    made: dict[str, str] = {}
    for path in paths:
        tries = [_short(path, depth) for depth in range(4)]
        alone = (slug for depth, slug in enumerate(tries) if slug and counts[depth][slug] == 1)
        free = (slug for slug in alone if slug not in made.values())
        made[path] = next(free, None) or _free(slugify(posixpath.splitext(path)[0]) or "lesson", set(made.values()))
    return made


def _short(path: str, folders: int) -> str:
    parts = posixpath.splitext(path)[0].split("/")
    if is_index(path) and len(parts) > 1:
        parts.pop()
    slug = slugify("-".join(NUMBERED.sub("", part) or part for part in parts[-1 - folders :]))
    return slug if slug != "class" else "class-lesson"


def _free(slug: str, taken: set[str]) -> str:
    number, tried = 1, slug
    while tried in taken:
        number += 1
        tried = f"{slug}-{number}"
    return tried
