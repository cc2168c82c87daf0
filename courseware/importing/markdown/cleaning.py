"""What is in a Markdown file and is no Markdown: components, imports, embedded players, scripts. Their text is kept."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from courseware.importing.markdown import foreign, outside_code
from courseware.importing.markdown.scanning import cut, without_statements

COMMENT = re.compile(r"\{/\*|<!--")
COMPONENT = re.compile(r"</?([A-Z][A-Za-z0-9_.]*)(?=[\s/>])((?:[^<>\"'{}]|\"[^\"]*\"|'[^']*'|\{[^{}]*\})*)>")
FRAGMENT = re.compile(r"</?>")
ADDRESS = re.compile(r"\b(?:src|href|url|link)\s*=\s*[\"'{`]*(https?://[^\s\"'`}>]+)", re.I)
TITLE = re.compile(r"\b(?:title|label)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.I)
PLAYER = re.compile(r"<(iframe|video|audio|embed|object)\b([^<>]*)>", re.I)
ACTIVE = re.compile(r"<(script|style|form|svg|math|template|noscript)\b([^<>]*)>", re.I)
ADMONITION = re.compile(r"^([ >]*):::+[ \t]*([a-z]+)?[ \t]*(?:\[([^\]\n]*)\]|([^\n{]*))[^\n]*$", re.M | re.I)
HEADING_ID = re.compile(r"^(#{1,6} [^\n]*?)[ \t]*\{#[\w-]+\}[ \t]*$", re.M)
INCLUDE = re.compile(r"\{\{#\w+[^}\n]*\}\}")


@dataclass(slots=True)
class Cleaned:
    """A text of plain Markdown, and what was met in it. `embedded` are players of other sites: kind and address."""

    text: str = ""
    components: Counter[str] = field(default_factory=Counter)
    embedded: list[tuple[str, str]] = field(default_factory=list)
    active: Counter[str] = field(default_factory=Counter)
    directives: int = 0
    tags: Counter[str] = field(default_factory=Counter)

    def embed(self, address: str) -> str:
        """A player that a tag of another program names becomes a link as well."""
        self.embedded.append(("video", address))
        return _link(address, "")

    def tag(self, name: str) -> None:
        self.tags[name] += 1

    def component(self, found: re.Match[str]) -> str:
        """The tag goes; what stands in it stays. A title it carries becomes a line, an address a link."""
        name, attributes = found.group(1), found.group(2)
        if found.group(0).startswith("</"):
            return ""
        self.components[name] += 1
        if attributes.endswith("/") and (address := ADDRESS.search(attributes)):
            self.embedded.append(("media", address.group(1)))
            return _link(address.group(1), _title(attributes))
        return f"\n\n**{words}**\n\n" if (words := _title(attributes)) else ""

    def player(self, found: re.Match[str], inside: str) -> str:
        """A player of another site becomes a link to it: nothing is fetched, nothing is loaded from there."""
        address = ADDRESS.search(found.group(2)) or ADDRESS.search(inside)
        kind = "video" if found.group(1).lower() in {"iframe", "video"} else "media"
        self.embedded.append((kind, html.unescape(address.group(1)) if address else ""))
        return _link(address.group(1), _title(found.group(2))) if address else ""

    def script(self, found: re.Match[str], _inside: str) -> str:
        self.active[found.group(1).lower()] += 1
        return ""


def clean(text: str) -> Cleaned:
    """Take away what a reader must not or can't see. Code stays as it is."""
    made = Cleaned()
    text = outside_code.change(text, without_statements, inline_too=True)
    made.text = outside_code.change(text, lambda piece: _change(piece, made))
    return made


def _change(piece: str, made: Cleaned) -> str:
    piece = cut(piece, COMMENT, lambda found: "*/}" if found.group(0) == "{/*" else "-->", lambda *_: "")
    piece = cut(piece, ACTIVE, _end_tag, made.script)
    piece = cut(piece, PLAYER, _end_tag, made.player)
    piece = FRAGMENT.sub("", COMPONENT.sub(made.component, piece))
    piece = foreign.without_tags(piece, made.embed, made.tag)
    made.directives += len(INCLUDE.findall(piece)) + foreign.values(piece)
    piece = foreign.callouts(foreign.without_marks(piece))
    return HEADING_ID.sub(r"\1", ADMONITION.sub(_admonition, piece))


def _end_tag(found: re.Match[str]) -> str:
    return "" if found.group(2).endswith("/") else f"</{found.group(1).lower()}"


def _title(attributes: str) -> str:
    found = TITLE.search(attributes)
    return " ".join((found.group(1) or found.group(2) or "").split()) if found else ""


def _link(address: str, title: str) -> str:
    address = html.unescape(address)
    host = urlsplit(address).netloc.split("@")[-1]
    words = html.escape(title or f"Watch or listen on {host}")
    return f'<p><a href="{html.escape(address)}">{words}</a></p>'


def _admonition(found: re.Match[str]) -> str:
    kind, title = found.group(2), (found.group(3) or found.group(4) or "").strip()
    if not kind:
        return found.group(1)
    return f"{found.group(1)}**{title or kind.capitalize()}**\n{found.group(1)}"
