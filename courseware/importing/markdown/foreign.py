"""What other programs write between the lines of Markdown: their tags go, what stands in them stays and is a text."""

from __future__ import annotations

import re
from collections.abc import Callable

TAG = re.compile(
    r"\{%-?[ \t]*(/?[A-Za-z][\w-]*)([^%{}\n]{0,500})%\}|\{\{[<%][ \t]*(/?[A-Za-z][\w/-]*)([^{}\n]{0,500}?)[>%]\}\}"
)
REFERENCE = re.compile(
    r"\([ \t]*(?:\{\{[<%]|\{%)[ \t]*(?:rel)?(?:ref|link|post_url)[ \t]+"
    r"[\"']?([^\s\"'%>]{1,200})[\"']?[ \t]*(?:[>%]\}\}|%\})[ \t]*\)"
)
VALUE = re.compile(r"\{\{(?![<%#])[^{}\n]{1,200}\}\}")
ADDRESS = re.compile(r"https?://[^\s\"'`}>]+")
WORD = re.compile(r"[\w-]{3,40}")
PLAYERS = {
    "youtube": "https://www.youtube.com/watch?v=",
    "vimeo": "https://vimeo.com/",
}
CALLOUT = re.compile(r"^([ >]*>[ \t]*)\[!([A-Za-z-]{2,20})\][+-]?[ \t]*([^\n]*)$", re.M)
REMARK = re.compile(r"%%[^%]{0,2000}%%")
ANCHOR = re.compile(r"[ \t]\^[A-Za-z0-9-]{1,40}$", re.M)


def without_tags(text: str, embed: Callable[[str], str], tag: Callable[[str], None]) -> str:
    """The text without the tags of GitBook, Jekyll and Hugo. `embed` gives the words for a player's address."""

    def change(found: re.Match[str]) -> str:
        name, rest = found.group(1) or found.group(3), found.group(2) or found.group(4) or ""
        if address := _played(name.lower(), rest):
            return embed(address)
        tag(name.strip("/").removeprefix("end") or name)
        return ""

    return TAG.sub(change, REFERENCE.sub(r"(\1)", text))


def _played(name: str, rest: str) -> str:
    if name in PLAYERS and (found := WORD.search(re.sub(r"\bid\s*=", "", rest))):
        return PLAYERS[name] + found.group(0)
    found = ADDRESS.search(rest) if name in {"embed", "video", *PLAYERS} else None
    return found.group(0) if found else ""


def values(text: str) -> int:
    """How many places stand for a value that only another program knows (`{{ site.title }}`)."""
    return len(VALUE.findall(text))


def callouts(text: str) -> str:
    """`> [!note] Remember`, as GitHub and Obsidian write it, with its title in bold."""
    return CALLOUT.sub(_callout, text)


def _callout(found: re.Match[str]) -> str:
    before, kind, title = found.groups()
    return f"{before}**{title.strip() or kind.capitalize()}**\n{before.rstrip()}"


def without_marks(text: str) -> str:
    """Without Obsidian's remarks for the writer alone, and its names for places in a text."""
    return ANCHOR.sub("", REMARK.sub("", text)) if "%%" in text or "^" in text else text
