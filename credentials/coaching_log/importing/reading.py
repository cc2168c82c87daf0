"""From a file to entries and problems. Pure: it knows no database, and the same bytes give the same answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from credentials.coaching_log.importing.answers import PAYMENT_OF, format_in
from credentials.coaching_log.importing.days import Days, order_of
from credentials.coaching_log.importing.grids import Grid, Line, text_of
from credentials.coaching_log.importing.headings import Heading, Shape, find_heading, no_heading, plain
from credentials.coaching_log.importing.lengths import Unit, unit_of, writes_decimal_commas
from credentials.coaching_log.importing.rows import Entry, Problem, Reader
from credentials.coaching_log.importing.text_files import text_grids
from credentials.coaching_log.importing.workbooks import is_workbook, workbook_grids
from foundation.errors import Refused

TOTAL = re.compile(
    r"^(grand |sub ?|overall )?(totals?|sums?|summe|gesamt\w*|insgesamt|totaux|suma|totale|totaal)"
    r"( (hours|time|of .*|paid.*|pro bono.*|coaching.*|general|stunden))?$"
)
MEASURES = ("minutes", "hours", "duration", "paid", "pro_bono")


@dataclass
class Read:
    """What a file says: its shape, the rows that can be imported and those that can't. `rows` counts both."""

    shape: Shape
    rows: int = 0
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read_log(data: bytes, *, today: date) -> Read:
    """Everything in the file. Raises Refused, in one line, where it holds no coaching log at all."""
    if not data.strip():
        raise Refused("This file is empty.", field="file")
    found = list(_tables(data))
    read = Read(found[0][1].shape)
    for grid, heading in found:
        if heading.shape == read.shape:
            _take(read, grid, heading, today, several=len(found) > 1)
        else:
            read.remarks.append(f"The sheet “{grid.sheet}” holds the log in another shape and was left out.")
    return read


def _tables(data: bytes) -> Iterator[tuple[Grid, Heading]]:
    book = is_workbook(data)
    grids = list(workbook_grids(data) if book else text_grids(data))
    headed = [(grid, heading) for grid in grids if (heading := find_heading(grid))]
    if not headed:
        raise no_heading(grids)
    yield from headed if book else headed[:1]


def _take(read: Read, grid: Grid, heading: Heading, today: date, *, several: bool) -> None:
    lines = list(_data(grid, heading))
    heading = _as_answered(heading, lines)
    reader = _reader(lines, grid, heading, today)
    for line in lines:
        read.rows += 1
        one = reader.read(line)
        if isinstance(one, Entry):
            read.entries.append(one)
        else:
            read.problems.append(_on_sheet(one, grid.sheet) if several else one)


def _on_sheet(problem: Problem, sheet: str) -> Problem:
    return replace(problem, reason=f"{problem.reason} (sheet “{sheet}”)")


def _data(grid: Grid, heading: Heading) -> Iterator[Line]:
    """The rows below the head: no blank ones, no totals, no head told again."""
    below = [line for line in grid.lines if line.number > heading.line.number and not line.is_blank]
    head = [text_of(cell) for cell in heading.line.cells]
    for place, line in enumerate(below):
        is_last = place == len(below) - 1
        if not _is_total(line, heading, is_last=is_last) and [text_of(cell) for cell in line.cells] != head:
            yield line


def _is_total(line: Line, heading: Heading, *, is_last: bool) -> bool:
    """A row that adds up the others: it says so and has no day, or it closes the table with nothing but figures."""
    columns = heading.columns
    if any(
        text_of(line.at(columns.get(name))) and not _says_total(line.at(columns[name]))
        for name in ("date", "start", "end")
        if name in columns
    ):
        return False
    if any(_says_total(cell) for cell in line.cells):
        return True
    figures = {columns[name] for name in (*MEASURES, "people") if name in columns}
    filled = {n for n, cell in enumerate(line.cells) if text_of(cell)}
    return is_last and bool(filled) and filled <= figures


def _says_total(cell: Any) -> bool:
    return isinstance(cell, str) and bool(TOTAL.match(plain(cell)))


def _as_answered(heading: Heading, lines: list[Line]) -> Heading:
    """A column headed `Type` says in some logs whether it was a group, in others how it was paid: its answers tell."""
    place = heading.columns.get("format")
    if place is None or "payment" in heading.columns or heading.shape != Shape.SESSIONS:
        return heading
    answers = {text_of(line.at(place)) for line in lines} - {""}
    if not answers or any(map(format_in, answers)) or not all(plain(one) in PAYMENT_OF for one in answers):
        return heading
    columns = {name: number for name, number in heading.columns.items() if name != "format"} | {"payment": place}
    return replace(heading, columns=columns, titles=heading.titles | {"payment": heading.titles["format"]})


def _reader(lines: list[Line], grid: Grid, heading: Heading, today: date) -> Reader:
    def column(name: str) -> list[Any]:
        return [line.at(heading.columns[name]) for line in lines] if name in heading.columns else []

    days = [cell for name in ("date", "start", "end") for cell in column(name)]
    measures = {name: column(name) for name in MEASURES if name in heading.columns}
    units = {name: _unit(name, heading, cells) for name, cells in measures.items()}
    commas = any(writes_decimal_commas(cells) for cells in measures.values())
    return Reader(heading, Days(order_of(days), grid.epoch), units, dict.fromkeys(measures, commas), today)


def _unit(name: str, heading: Heading, cells: list[Any]) -> Unit | None:
    title = plain(heading.title(name)).split()
    if name == "minutes" or (
        name in {"paid", "pro_bono"} and {"minutes", "min", "mins"} & set(title) and "hours" not in title
    ):
        return Unit.MINUTES
    if name == "duration":
        return unit_of(cells)
    return Unit.HOURS
