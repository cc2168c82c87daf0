"""The enrollment agreement: a file for each version, kept for as long as anybody has agreed to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup

from foundation.text import markdown_to_html

FOLDER = Path(__file__).resolve().parent / "agreements"


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version. A file, once published, is never changed: a new wording is a new file."""

    version: str
    title: str
    html: Markup


@cache
def agreement(version: str) -> Agreement:
    """Raises FileNotFoundError for a version there never was."""
    first, _, rest = (FOLDER / f"{version}.md").read_text("utf-8").partition("\n")
    return Agreement(version, first.removeprefix("# ").strip(), markdown_to_html(rest))


@cache
def versions() -> tuple[str, ...]:
    """Every version, oldest first (`year-number`)."""
    return tuple(sorted((path.stem for path in FOLDER.glob("*.md")), key=lambda v: [int(n) for n in v.split("-")]))


def current() -> Agreement:
    """What a buyer agrees to today."""
    return agreement(versions()[-1])
