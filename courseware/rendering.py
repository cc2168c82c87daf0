"""A lesson's Markdown as the page shows it: clean HTML whose headings can be linked to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from foundation.text import markdown_to_html

HEADING = re.compile(r"<(h[2-4])>(.*?)</\1>", re.S)
ANCHOR = re.compile(r'<a href="#([^"]*)"([^>]*)>(.*?)</a>', re.S)
SCROLLING = r'<div class="lesson__table" tabindex="0" role="group" aria-label="Table"><table>\1</table></div>'
TABLE = re.compile(r"<table>(.*?)</table>", re.S)


@lru_cache(200)
def lesson_html(source: str) -> Markup:
    """Headings get an id; a link within the lesson leads to its heading, or is plain words; a wide table scrolls."""
    html = str(markdown_to_html(source))
    marks: list[str] = []
    html = HEADING.sub(lambda found: _heading(found, marks), html)
    html = ANCHOR.sub(lambda found: _anchor(found, marks), html)
    html = TABLE.sub(SCROLLING, html).replace("<pre>", '<pre tabindex="0">')
    return Markup(html)  # noqa: S704 (markdown_to_html has cleaned it; what is added holds letters and hyphens only)


def film_of(media: Mapping[str, Any], static: Path) -> dict[str, str]:
    """The files of a film that are really there, as paths under `static/`."""
    said = {name: f"video/{media[name]}" for name in ("video", "captions", "poster") if name in media}
    return {name: path for name, path in said.items() if (static / path).is_file()}


def mark_of(words: str) -> str:
    """The mark of a heading, as the usual Markdown programs make it, with our own letter before it."""
    bare = re.sub(r"<[^>]+>|&\w+;", "", words).strip().lower()
    return "h-" + re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", bare))[:80]


def _heading(found: re.Match[str], marks: list[str]) -> str:
    mark = wanted = mark_of(found.group(2))
    number = 1
    while mark in marks:
        mark, number = f"{wanted}-{number}", number + 1
    marks.append(mark)
    return f'<{found.group(1)} id="{mark}">{found.group(2)}</{found.group(1)}>'


def _anchor(found: re.Match[str], marks: list[str]) -> str:
    mark = f"h-{found.group(1)}"
    return f'<a href="#{mark}">{found.group(3)}</a>' if mark in marks else found.group(3)
