"""The guide itself: the school's Markdown as a designed PDF, made once for each state of its text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from enrollment.guide_outline import outline, words
from foundation.config import ROOT, Settings
from foundation.documents import typeset

FILENAME = "free-guide.pdf"
TEMPLATE = ROOT / "templates" / "documents" / "guide.typ"


def pdf(settings: Settings) -> bytes:
    """The PDF; kept under `var/guide/` by a hash of text, template and school. Raises OSError without the text."""
    source = Path(settings.guide).read_bytes()
    seed = source + TEMPLATE.read_bytes() + f"{settings.school_name}\0{settings.base_url}".encode()
    kept = settings.var_path / "guide" / f"{hashlib.sha256(seed).hexdigest()[:24]}.pdf"
    if not kept.exists():
        _keep(kept, make(source.decode("utf-8"), settings))
    return kept.read_bytes()


@dataclass(frozen=True, slots=True)
class About:
    """What the guide's page says of the guide."""

    title: str
    subtitle: str
    chapters: tuple[str, ...]


@lru_cache(maxsize=4)
def _about(path: str, _changed: float) -> About:
    found = outline(Path(path).read_text("utf-8"))
    chapters = [words(b["runs"]) for b in found["blocks"] if b["kind"] == "heading" and b["level"] == 2]
    return About(found["title"], found["subtitle"], tuple(chapters))


def about(settings: Settings) -> About:
    """Title, subtitle and chapters; read again when the file changes."""
    return _about(settings.guide, Path(settings.guide).stat().st_mtime)


def make(markdown: str, settings: Settings) -> bytes:
    school = {"name": settings.school_name, "email": settings.school_email, "address": settings.school_address}
    return typeset("guide", {"school": school, "site": settings.base_url, **outline(markdown)})


def _keep(path: Path, content: bytes) -> None:
    """Written beside and renamed, so that nobody reads half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.with_suffix(f".{id(content)}.part")
    staging.write_bytes(content)
    staging.rename(path)
