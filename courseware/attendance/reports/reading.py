"""From a file to rows: who was in the room, from when, until when. Pure: it knows no class, no database and no zone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

from courseware.attendance.reports.clocks import NotATime, Written, read_time
from courseware.attendance.reports.headings import Heading, heading_of
from credentials.coaching_log.importing.grids import Grid, Line, text_of
from credentials.coaching_log.importing.text_files import text_grids
from credentials.coaching_log.importing.workbooks import is_workbook, workbook_grids
from foundation.errors import Refused

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 3000
UNITS = {"h": 3600, "m": 60, "s": 1}
LENGTH = re.compile(r"(\d+(?:[.,]\d+)?)\s*(h|m|s)[a-z]*\.?", re.IGNORECASE)
YES = {"yes", "y", "true", "1", "ja", "si", "sí", "oui", "sim"}


@dataclass(frozen=True, slots=True)
class Row:
    """One stay. `number` is the row as a spreadsheet counts it, `seconds` the length that the file states."""

    number: int
    name: str
    email: str
    joined: Written | None
    left: Written | None
    seconds: int | None

    @property
    def who(self) -> tuple[str, str]:
        return self.name, self.email


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that counts for nothing, and why."""

    number: int
    who: str
    reason: str


@dataclass
class Report:
    """A file as it was read. `digest` is the SHA-256 of its bytes."""

    digest: str
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def has_times(self) -> bool:
        return any(row.joined for row in self.rows)

    @property
    def needs_a_zone(self) -> bool:
        return any(row.joined and row.joined.offset is None for row in self.rows)


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_report(data: bytes) -> Report:
    """Everything in the file. Raises Refused, in one line, where it holds no list of participants."""
    if not data.strip():
        raise Refused("This file is empty.", field="file")
    if len(data) > MOST_BYTES:
        raise Refused("This file is larger than 5 MB. A report of one class is much smaller.", field="file")
    grid, heading = heading_of(workbook_grids(data) if is_workbook(data) else text_grids(data))
    lines = _below(grid, heading)
    if len(lines) > MOST_ROWS:
        raise Refused(f"This list has more than {MOST_ROWS:,} rows. A report of one class is shorter.", field="file")
    report = Report(digest_of(data))
    for line in lines:
        _take(report, line, heading)
    return report


def _below(grid: Grid, heading: Heading) -> list[Line]:
    """The rows under the head: no blank one, no head told again."""
    head = [text_of(cell) for cell in heading.line.cells]
    below = (line for line in grid.lines if line.number > heading.line.number and not line.is_blank)
    return [line for line in below if [text_of(cell) for cell in line.cells] != head]


def _take(report: Report, line: Line, heading: Heading) -> None:
    cells = {name: line.at(place) for name, place in heading.columns.items()}
    name, email = _name(cells), text_of(cells.get("email")).casefold()
    email = email if "@" in email else ""
    try:
        report.rows.append(_row(line.number, name, email, cells, heading))
    except NotATime as wrong:
        report.problems.append(Problem(line.number, name or email, str(wrong)))


def _row(number: int, name: str, email: str, cells: dict[str, Any], heading: Heading) -> Row:
    if not name and not email:
        raise NotATime("names nobody")
    if text_of(cells.get("waiting")).casefold() in YES:
        raise NotATime("was in the waiting room, not in the class")
    row = Row(
        number,
        name[:200],
        email[:200],
        read_time(cells.get("joined")),
        read_time(cells.get("left")),
        _seconds(cells.get("duration"), in_seconds=heading.in_seconds),
    )
    if row.joined is None and (row.seconds is None or "joined" in heading.columns):
        raise NotATime("no time of joining" if "joined" in heading.columns else "no duration")
    if row.joined is not None and row.left is None and row.seconds is None:
        raise NotATime("no time of leaving, and no duration")
    return row


def _name(cells: dict[str, Any]) -> str:
    whole = text_of(cells.get("name"))
    return whole or f"{text_of(cells.get('first_name'))} {text_of(cells.get('last_name'))}".strip()


def _seconds(cell: Any, *, in_seconds: bool) -> int | None:
    """The length in a cell: `62`, `1 hr 2 min`, `1:02:33`; None where there is none that can be read."""
    if isinstance(cell, timedelta):
        return int(cell.total_seconds())
    if isinstance(cell, time):
        return (cell.hour * 60 + cell.minute) * 60 + cell.second
    text = text_of(cell).lower()
    if found := re.fullmatch(r"(\d{1,2}):(\d{2}):(\d{2})", text):
        return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])
    if re.fullmatch(r"\d{1,6}(?:[.,]\d+)?", text):
        return int(_number(text) * (1 if in_seconds else 60))
    return _in_words(LENGTH.findall(text))


def _in_words(parts: Iterable[tuple[str, str]]) -> int | None:
    lengths = [_number(number) * UNITS[unit.lower()] for number, unit in parts]
    return int(sum(lengths)) if lengths else None


def _number(text: str) -> float:
    return float(text.replace(",", "."))
