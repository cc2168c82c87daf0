"""Gathering everything of a person: each table that belongs to them, found by its keys, so that none is forgotten."""

from __future__ import annotations

import base64
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, select

from accounts.models import User
from foundation.db import Base, db

OWNERS = ("user_id", "author_id")
# Keys, links and what only proves something to a machine: of no use to a person, and of much to a thief.
SECRET = ("sealed", "secret", "token", "password", "idempotency", "digest", "recovery", "source_key", "fs_uniquifier")
LEFT_OUT = {"user_role", "stripe_event", "checkout_attempt"}
WORDS_LEFT_OUT = {
    "letter": {"facts"},  # they carry links that open an account
    "audit_line": {"facts", "subject_id"},  # what was done, not to whom
}


def tables_of(user: User) -> dict[str, list[dict[str, Any]]]:
    """Rows by table. What names other people, and what is secret, is left out of each row."""
    scopes = scopes_of(user)
    found = {name: _rows(Base.metadata.tables[name], where) for name, where in scopes.items()}
    return {name: rows for name, rows in found.items() if rows}


def scopes_of(user: User) -> dict[str, ColumnElement[bool]]:
    """For each table of theirs, which rows. A table without an owner belongs with the rows it refers to."""
    users, found = User.__table__, {}
    found["user"] = users.c.id == user.id
    for table in Base.metadata.sorted_tables:
        if table.name in LEFT_OUT or table.name == "user":
            continue
        if (where := _owned(table, user)) is not None or (where := _belonging(table, found)) is not None:
            found[table.name] = where
    return found


def _owned(table: Table, user: User) -> ColumnElement[bool] | None:
    if table.name == "audit_line":
        return table.c.actor_id == user.id
    if table.name == "lead":
        return table.c.email == user.email
    owner = next((table.c[name] for name in OWNERS if name in table.c), None)
    return None if owner is None else owner == user.id


def _belonging(table: Table, found: dict[str, ColumnElement[bool]]) -> ColumnElement[bool] | None:
    for key in sorted(table.foreign_keys, key=lambda one: one.parent.name):
        other = key.column.table
        if other.name in found and other.name not in {"user", table.name}:
            owned: Select[Any] = select(key.column).where(found[other.name])
            return key.parent.in_(owned)
    return None


def _rows(table: Table, where: ColumnElement[bool]) -> list[dict[str, Any]]:
    told = [column for column in table.columns if _may_be_told(table, column.name)]
    query = select(*told).where(where).order_by(*table.primary_key.columns)
    return [{name: _plain(value) for name, value in row._mapping.items()} for row in db.session.execute(query)]


def _may_be_told(table: Table, name: str) -> bool:
    """Not a secret, and not who else had a hand in it."""
    if any(part in name for part in SECRET) or name in WORDS_LEFT_OUT.get(table.name, set()):
        return False
    others = any(key.column.table.name == "user" for key in table.c[name].foreign_keys)
    return not others or name in OWNERS


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value
