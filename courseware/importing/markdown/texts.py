"""Bytes as text, and the front matter of a text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from courseware.importing.markdown import facts as said

FENCE = re.compile(r"\A(---|\+\+\+)[ \t]*\n(.*?)(?:\n)?^\1[ \t]*(?:\n|\Z)", re.S | re.M)
LINE = re.compile(r"^([A-Za-z_][\w-]*)\s*:\s*(.*)$", re.M)
LONGEST = 262_144


class NotText(Exception):
    """The bytes are no text."""


@dataclass(slots=True)
class Text:
    """A text without its front matter. `facts` is what the front matter says."""

    body: str
    facts: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def word(self, *names: str) -> str:
        """The first of these facts that is a plain value, as text on one line."""
        for name in names:
            value = self.facts.get(name)
            if isinstance(value, (str, int, float, date)) and not isinstance(value, bool) and str(value).strip():
                return " ".join(str(value).split())[:500]
        return ""

    def number(self, *names: str) -> float | None:
        for name in names:
            value = self.facts.get(name)
            if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e9:
                return float(value)
            if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}(\.\d+)?", value.strip()):
                return float(value)
        return None


def decode(content: bytes) -> tuple[str, str]:
    """Text with plain line ends, and a warning where the encoding had to be guessed. Raises NotText."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _plain(_strictly(content, "utf-16")), ""
    if b"\0" in content:
        raise NotText
    try:
        return _plain(content.decode("utf-8-sig")), ""
    except UnicodeDecodeError:
        if sum(byte < 9 or 13 < byte < 32 for byte in content) > len(content) // 100:
            raise NotText from None
        return _plain(content.decode("cp1252", errors="replace")), "is not UTF-8; read as Western European text"


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise NotText from None


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def read_text(text: str) -> Text:
    """Take the front matter off. Front matter that is broken is read line by line, with a warning."""
    text = text.lstrip("\n") if text.lstrip().startswith(("---", "+++")) else text
    found = FENCE.match(text)
    if not found:
        unclosed = re.match(r"---[ \t]*\n[A-Za-z_][\w-]*:", text) is not None
        return Text(text, {}, ["the front matter is never closed; it is read as text"] if unclosed else [])
    raw, body = found.group(2), text[found.end() :]
    if len(raw) > LONGEST:
        return Text(body, {}, ["the front matter is too long and was not read"])
    try:
        facts = said.from_toml(raw) if found.group(1) == "+++" else said.from_yaml(raw)
    except said.BROKEN:
        return Text(body, _by_line(raw), ["the front matter is broken; only its plain lines were read"])
    if facts is None:
        return Text(body)
    if not isinstance(facts, dict):
        return Text(text, {}, ["the front matter names nothing; it is read as text"])
    return Text(body, {str(key): value for key, value in facts.items()})


def _by_line(raw: str) -> dict[str, Any]:
    return {key: value.strip().strip("\"'") for key, value in LINE.findall(raw) if value.strip()}
