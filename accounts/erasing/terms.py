"""The terms in which each room says what becomes of its tables when a person is erased; the only list there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import Flask, current_app
from sqlalchemy import ColumnElement, Table, select

from accounts.models import User
from foundation.db import Base

Whose = str | Callable[[User], ColumnElement[bool]]
"""How a row leads to its person: a column, or columns from table to table (`order_id.user_id`), or a condition."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Rows that are deleted."""

    table: str
    whose: Whose = "user_id"


@dataclass(frozen=True, slots=True)
class Emptied:
    """Columns whose words are taken out, while the row stays for its figures."""

    table: str
    columns: tuple[str, ...]
    whose: Whose = "user_id"


@dataclass(frozen=True, slots=True)
class Kept:
    """Columns (or files) that may still name the person, what they hold, and why the school has to keep it."""

    columns: tuple[str, ...]
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that is still open, and what to do about it first. `bars`: nothing may even be asked before."""

    words: str
    href: str = ""
    bars: bool = True


@dataclass(frozen=True, slots=True)
class Doing:
    """One erasure while it is done. Files to remove after the commit are noted in `leftovers`."""

    user: User
    withdraws: bool
    at: datetime
    leftovers: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """What one room says. `codes`: columns of tables that name nobody; `nobodys`: tables that hold nothing of a person.

    `before` ends what runs, before anything is taken out; `by_hand`: columns that it takes words out of itself.
    `remove_file` removes a file named in the leftovers, and says whether it is gone.
    """

    told: tuple[str, ...] = ()
    goes: tuple[Gone | Emptied, ...] = ()
    by_hand: tuple[str, ...] = ()
    stays: tuple[Kept, ...] = ()
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    nobodys: tuple[str, ...] = ()
    open_matters: Callable[[User, datetime], list[Matter]] | None = None
    before: Callable[[Doing], None] | None = None
    remove_file: Callable[[str, datetime], bool] | None = None


def told_by(app: Flask, *parts: Part) -> None:
    """The rooms' parts, from the top of the house to its foundation; said once, when rooms are joined."""
    app.extensions["erasing"] = parts


def parts() -> tuple[Part, ...]:
    found: tuple[Part, ...] = current_app.extensions["erasing"]
    return found


def kept() -> list[Kept]:
    """Everything that stays, of all rooms."""
    return [one for part in parts() for one in part.stays]


def theirs(table: Table, whose: Whose, user: User) -> ColumnElement[bool]:
    """Which rows of a table are a person's."""
    return whose(user) if callable(whose) else _led(table, whose, user.id)


def _led(table: Table, path: str, user_id: int) -> ColumnElement[bool]:
    name, _, rest = path.partition(".")
    if not rest:
        return table.c[name] == user_id
    key = next(iter(table.c[name].foreign_keys)).column
    return table.c[name].in_(select(key).where(_led(key.table, rest, user_id)))


def table_named(name: str) -> Table:
    return Base.metadata.tables[name]
