"""What a page asks of the database, written down twice, so that the floor can ask the same with values of its own."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event

from foundation.db import db
from tests.bench.pages import Page


@dataclass(frozen=True, slots=True)
class Renewed:
    """A value that was another one in each request (a token, an address): the floor makes its own, one per `old`."""

    old: Any


@dataclass(frozen=True, slots=True)
class Answered:
    """A value that an earlier statement of the same request gave: its number, row and column."""

    statement: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Recording:
    """A page's statements in their order, with the parameters as the floor is to fill them in."""

    bytes: int
    writes: bool
    statements: list[tuple[str, dict[str, Any]]]


@dataclass(slots=True)
class Sent:
    """A statement as one request sent it, and the rows that came back."""

    sql: str
    parameters: dict[str, Any]
    rows: list[Any]


def record_pages(app: Flask, pages: list[Page], target: Path) -> dict[str, Recording]:
    """Fetch each page three times, warm caches first; what differs between the other two is no constant."""
    told = {page.name: _record(app, page) for page in pages}
    target.write_bytes(pickle.dumps(told))
    return told


def _record(app: Flask, page: Page) -> Recording:
    _fetch(app, page)
    (_, one), (size, two) = _fetch(app, page), _fetch(app, page)
    assert [sent.sql for sent in one] == [sent.sql for sent in two], f"{page.name}: other statements each time"
    writes = any(sent.sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")) for sent in two)
    statements = [(sent.sql, _parameters(n, one, two) if writes else sent.parameters) for n, sent in enumerate(two)]
    return Recording(size, writes, statements)


def _fetch(app: Flask, page: Page) -> tuple[int, list[Sent]]:
    """Bytes of the answer and the statements, in their order."""
    seen: list[Sent] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: Any, cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        rows = _rows(cursor) if sql.lstrip().upper().startswith(("INSERT", "UPDATE")) else []
        seen.append(Sent(sql, dict(parameters or {}), rows))

    event.listen(engine, "after_cursor_execute", note)
    try:
        answer = page.fetch(app.test_client())
    finally:
        event.remove(engine, "after_cursor_execute", note)
    assert answer.status_code in page.statuses, f"{page.name}: {answer.status_code}"
    return len(answer.data), seen


def _rows(cursor: Any) -> list[Any]:
    """What the statement returned, left where it stood for whoever reads it next."""
    if cursor.description is None:
        return []
    rows = cursor.fetchall()
    cursor.scroll(0, mode="absolute")
    return list(rows)


def _parameters(number: int, one: list[Sent], two: list[Sent]) -> dict[str, Any]:
    first, second = one[number].parameters, two[number].parameters
    return {name: _told(first.get(name), value, one[:number], two[:number]) for name, value in second.items()}


def _told(before: Any, value: Any, one: list[Sent], two: list[Sent]) -> Any:
    """The constant itself, or where another value is to come from."""
    if repr(before) == repr(value):  # a wrapped JSON value knows no equality of its own
        return value
    for number, (earlier, later) in enumerate(zip(one, two, strict=True)):
        for row, columns in enumerate(later.rows):
            for column, found in enumerate(columns):
                if (earlier.rows[row][column], found) == (before, value):
                    return Answered(number, row, column)
    return Renewed(value) if isinstance(value, str | bytes) else value
