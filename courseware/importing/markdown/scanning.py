"""Finding the parts of a text that begin and end with a mark, in one pass, however hostile the text is."""

from __future__ import annotations

import re
from collections.abc import Callable

IMPORT = re.compile(r"import\s+(?:[\"']|[\w*{].*\sfrom\s+[\"']|type\s)|import\s+\{\s*$|import\s+[\w*, ]+\{[^}]*$")
EXPORT = re.compile(r"export\s+(?:const|let|var|default|function|async|class|type)\b|export\s+[{*]")


def cut(text: str, opening: re.Pattern[str], closing: Callable[[re.Match[str]], str], how: Callable[..., str]) -> str:
    """Replace each part from `opening` to its closing mark by `how(opening match, what stands between)`.

    `closing` gives the mark in small letters, or "" where the part ends with its opening. A part that is never closed
    is its opening alone.
    """
    lowered, made, at = text.lower(), [], 0
    never: set[str] = set()
    while found := opening.search(text, at):
        made.append(text[at : found.start()])
        mark = closing(found)
        end = -1 if not mark or mark in never else lowered.find(mark, found.end())
        if end < 0:
            never.add(mark)
            made.append(how(found, ""))
            at = found.end()
            continue
        made.append(how(found, text[found.end() : end]))
        at = _behind(text, end + len(mark), mark)
    return "".join([*made, text[at:]])


def _behind(text: str, at: int, mark: str) -> int:
    if not mark.startswith("</"):
        return at
    end = text.find(">", at)
    return end + 1 if 0 <= end < at + 20 else at


def without_statements(text: str) -> str:
    """A text without the import and export statements of MDX; each ends with its line, or with a blank one."""
    kept: list[str] = []
    inside = ""
    for line in text.splitlines(keepends=True):
        if inside and line.strip():
            inside = "" if inside == "import" and re.search(r"\bfrom\s+[\"']", line) else inside
            continue
        inside = ""
        if EXPORT.match(line):
            inside = "export"
        elif IMPORT.match(line):
            inside = "import" if "{" in line and "}" not in line else ""
        else:
            kept.append(line)
    return "".join(kept)
