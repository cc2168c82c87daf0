"""Text that people write: Markdown made into HTML, HTML cleaned to what is harmless, a number read."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {
    *(
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
    ),
    *(
        "figcaption",
        "figure",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
    ),
    *("pre", "q", "s", "section", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td"),
    *("tfoot", "th", "thead", "tr", "u", "ul", "var"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "abbr": {"title"},
}
SCHEMES = {"http", "https", "mailto", "tel"}

_markdown = MarkdownIt("commonmark", {"html": True, "linkify": True, "typographer": False}).enable(
    ["table", "strikethrough"]
)


def clean_html(html: str) -> Markup:
    """HTML that a person wrote, without anything that could run, load or deceive. An `h1` becomes an `h2`."""
    lowered = html.replace("<h1", "<h2").replace("</h1", "</h2")
    cleaned = nh3.clean(lowered, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener nofollow")
    return Markup(cleaned)  # noqa: S704 (nh3 has just cleaned it)


@lru_cache(300)
def markdown_to_html(source: str) -> Markup:
    """Markdown (CommonMark with tables) as clean HTML; headings begin at `h2`. The same text is not read twice."""
    return clean_html(_markdown.render(source))


def whole_number(text: Any, otherwise: int = -1) -> int:
    """What a page wrote into a hidden field or an address comes back; `otherwise` where it is no number below 10^11."""
    digits = str(text or "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 12 else otherwise


def storable(value: Any) -> Any:
    """What JSON or YAML spelled, without what no text of PostgreSQL holds: NUL, and half of a pair of surrogates."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "ignore").replace("\0", "")
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(name): storable(item) for name, item in value.items()}
    return value
