"""Text files: which encoding, which delimiter. Spreadsheets of every country write CSV in their own way."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from credentials.coaching_log.importing.grids import Grid, Line
from foundation.errors import Refused

DELIMITERS = ",;\t|"
MOST_ROWS = 50_000
BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"MZ\x90", b"{\\rtf", b"\x1f\x8b")


def decoded(data: bytes) -> str:
    """The text of a file: what its mark says, else UTF-8, else what Windows writes. Raises Refused for no text."""
    if data.startswith(BINARY):
        raise Refused("This is not a CSV or XLSX file.", field="file")
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _strictly(data, encoding)
    if guessed := _without_mark(data):
        return _strictly(data, guessed)
    try:
        return _text(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _text(data.decode("cp1252", errors="replace"))


def _without_mark(data: bytes) -> str | None:
    """UTF-16 without a mark shows as zeros in every other byte."""
    start = data[:400]
    if len(start) < 4 or start.count(0) < len(start) // 4:
        return None
    return "utf-16-be" if start[0::2].count(0) > start[1::2].count(0) else "utf-16-le"


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return _text(data.decode(encoding))
    except UnicodeDecodeError:
        raise Refused("This file can't be read: its letters are in no known encoding.", field="file") from None


def _text(text: str) -> str:
    strange = sum(1 for sign in text[:4000] if ord(sign) < 32 and sign not in "\t\r\n\x0b\x0c")
    if strange > len(text[:4000]) // 50:
        raise Refused("This is not a CSV or XLSX file.", field="file")
    return text


def text_grids(data: bytes) -> Iterator[Grid]:
    """The file cut at each delimiter in turn, the likeliest first. Raises Refused where it is no text at all."""
    text = decoded(data)
    if text[:4].lower() == "sep=":
        first, _, text = text.partition("\n")
        yield _cut(text, first[4:5])
        return
    head = "\n".join(text.splitlines()[:30])
    for delimiter in sorted(DELIMITERS, key=lambda sign: -head.count(sign)):
        yield _cut(text, delimiter)


def _cut(text: str, delimiter: str) -> Grid:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or ",")
    lines = []
    try:
        for number, cells in enumerate(reader, 1):
            if number > MOST_ROWS:
                raise Refused(f"This file has more than {MOST_ROWS:,} rows. Send it in parts.", field="file")
            lines.append(Line(number, tuple(cells)))
    except csv.Error as wrong:
        raise Refused(f"Row {len(lines) + 1} can't be read as CSV: {wrong}.", field="file") from None
    return Grid(lines)
