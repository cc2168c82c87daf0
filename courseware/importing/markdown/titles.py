"""What a course is called: as its own files say, else as its folder is called."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from courseware.importing.markdown import facts
from courseware.importing.markdown.naming import GENERIC, humanised, is_index, slugify
from courseware.importing.markdown.texts import NotText, Text, decode
from courseware.importing.sources import Source

HEADING = re.compile(r"\A\s*(?:# +(?P<hashes>[^\n]+?)[ #]*|(?P<under>[^\n#>\-*|<`][^\n]*)\n=+[ \t]*)(?:\n|\Z)")
SITE_FILES = {"book.toml", "mkdocs.yml", "mkdocs.yaml", "course.yaml", "course.yml"}


def course_title(source: Source, root: str, texts: Mapping[str, Text]) -> tuple[str, str]:
    """Title and summary. `root` is the folder in which the lessons begin, `texts` are by their path below it."""
    for path, content in sorted(source.files.items(), key=lambda item: item[0].count("/")):
        title, summary = _site(posixpath.basename(path), content)
        if title:
            return title, summary
    index = next((text for path, text in texts.items() if is_index(path) and "/" not in path), None)
    if index is not None and (title := index.word("title") or first_heading(index.body)):
        return title, index.word("description", "summary")
    return _folder_title(source.name, root), ""


def first_heading(body: str) -> str:
    """The heading that a text begins with, without its marks."""
    found = HEADING.match(body)
    return plain((found.group("hashes") or found.group("under")).strip()) if found else ""


def without_heading(body: str) -> str:
    found = HEADING.match(body)
    return body[found.end() :] if found else body


def plain(words: str) -> str:
    """Inline Markdown as plain words."""
    words = re.sub(r"!?\[([^\[\]]*)\]\([^()]*\)", r"\1", words)
    words = re.sub(r"<[^<>]+>|[*`]|(?<!\w)_|_(?!\w)", "", words)
    return " ".join(re.sub(r"\\(.)", r"\1", words).split())[:300]


def _site(name: str, content: bytes) -> tuple[str, str]:
    """What mdBook, MkDocs or our own `course.yaml` say."""
    if name not in SITE_FILES:
        return "", ""
    try:
        raw, _ = decode(content[:65_536])
        read: Any = facts.from_toml(raw) if name.endswith(".toml") else facts.from_settings(raw)
    except (NotText, *facts.BROKEN):
        return "", ""
    said = read.get("book", {}) if name.endswith(".toml") and isinstance(read, dict) else read
    text = Text("", said) if isinstance(said, dict) else Text("")
    return text.word("title", "site_name"), text.word("description", "site_description", "summary")


def _folder_title(name: str, root: str) -> str:
    below = [part for part in root.split("/") if part.lower() not in GENERIC and slugify(part)]
    return humanised(below[-1] if below else name)
