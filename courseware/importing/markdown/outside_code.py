"""Changing a Markdown text everywhere except in its code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

FENCE = re.compile(r"^[ >]*(?:[-*+] +|\d{1,9}[.)] +)?(`{3,}|~{3,})")
INLINE = re.compile(r"(?<![`\\])(`+)(?!`)(.{1,4000}?)(?<!`)\1(?!`)", re.S)


def blocks(text: str) -> Iterator[tuple[bool, str]]:
    """Pieces of a text in order: (is it fenced code, the piece). Joined they are the text."""
    kept: list[str] = []
    mark = ""
    for line in text.splitlines(keepends=True):
        fence = FENCE.match(line)
        if not mark and fence:
            yield False, "".join(kept)
            kept, mark = [line], fence.group(1)
            continue
        kept.append(line)
        if mark and _closes(line, mark):
            yield True, "".join(kept)
            kept, mark = [], ""
    yield bool(mark), "".join(kept)


def _closes(line: str, mark: str) -> bool:
    bare = line.strip().lstrip(">").strip()
    return len(bare) >= len(mark) and set(bare) == {mark[0]}


def change(text: str, how: Callable[[str], str], *, inline_too: bool = False) -> str:
    """Apply `how` to all that is no code. `inline_too`: also to words between backticks."""
    made = []
    for is_code, piece in blocks(text):
        if is_code or not piece:
            made.append(piece)
        elif inline_too:
            made.append(how(piece))
        else:
            made.append(_around_inline(piece, how))
    return "".join(made)


def _around_inline(piece: str, how: Callable[[str], str]) -> str:
    """Code between backticks is put away, so that `how` sees the text round it whole, and then put back."""
    kept: list[str] = []

    def put_away(found: re.Match[str]) -> str:
        kept.append(found.group(0))
        return f"\x02{len(kept) - 1}\x03"

    changed = how(INLINE.sub(put_away, piece.replace("\x02", "").replace("\x03", "")))
    return re.sub("\x02(\\d+)\x03", lambda found: kept[int(found.group(1))], changed)
