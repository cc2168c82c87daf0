"""Striking: what the rooms say that goes is taken out, table by table; done again it changes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, case, delete, func, literal, null, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB

from accounts.erasing.terms import Emptied, Gone, Part, parts, table_named, theirs
from accounts.models import User
from accounts.privacy.gathering import scopes_of
from foundation.audit import AuditLine
from foundation.db import ERASED, ERASING, db
from foundation.escalating import StaffTask

REASON = "reason"
"""The one fact of the log that people write; all others are codes and figures."""


def allow() -> None:
    """In this transaction words may be taken out of facts; nothing else about them can change."""
    db.session.execute(select(func.set_config(ERASING, "on", True)))


def strike_all(user: User, *, until: datetime) -> None:
    """The log first, while the rows that it is about are still there; then room by room.

    What was put before staff after `until` knows nobody any more, and still waits for them.
    """
    db.session.flush()
    rules = [(rule.table, theirs(table_named(rule.table), rule.whose, user)) for part in parts() for rule in part.goes]
    for name, where in (*scopes_of(user).items(), *rules):
        _strike_log(name, where, until)
    for part in parts():
        strike(part, user)


def strike(part: Part, user: User) -> None:
    for rule in part.goes:
        table = table_named(rule.table)
        where = theirs(table, rule.whose, user)
        if isinstance(rule, Gone):
            db.session.execute(delete(table).where(where))
        elif isinstance(rule, Emptied):
            _empty(table, rule.columns, where)
    db.session.expire_all()


def _empty(table: Table, names: tuple[str, ...], where: ColumnElement[bool]) -> None:
    news = {name: emptied(table.c[name]) for name in names}
    stands = or_(*(table.c[name].is_distinct_from(new) for name, new in news.items()))
    db.session.execute(update(table).where(where, stands).values(news))


def emptied(column: Column[Any]) -> ColumnElement[Any]:
    """What stands in a column afterwards: nothing where it may be empty, else the empty thing of its kind or a mark."""
    if column.nullable:
        return null()
    if isinstance(column.type, JSONB):
        return case((func.jsonb_typeof(column) == "array", literal([], JSONB)), else_=literal({}, JSONB))
    if isinstance(column.type, LargeBinary):
        return literal(b"", LargeBinary)
    if column.name.startswith("sealed_"):
        return literal("")
    return case((column == "", literal("")), else_=literal(ERASED))


def _strike_log(table: str, where: ColumnElement[bool], until: datetime) -> None:
    """What people wrote as reasons in the log, and what was put before staff in words, about these rows."""
    key = next(iter(table_named(table).primary_key.columns))
    rows = select(key).where(where)
    lines = (AuditLine.subject_type == table, AuditLine.subject_id.in_(rows), AuditLine.facts.has_key(REASON))
    tasks = (StaffTask.subject_type == table, StaffTask.subject_id.in_(rows), StaffTask.raised_at < until)
    ended = func.coalesce(StaffTask.resolved_at, func.now())
    for statement in (
        update(AuditLine).where(*lines).values(facts=AuditLine.facts - REASON),
        update(StaffTask).where(*tasks).values(summary=ERASED, facts={}, note="", resolved_at=ended),
    ):
        db.session.execute(statement, execution_options={"synchronize_session": False})
