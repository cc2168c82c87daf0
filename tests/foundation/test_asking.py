"""Plain rows: what the driver is asked directly is what SQLAlchemy would have given, and is seen by whoever counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest
from flask import g
from psycopg import errors
from psycopg.pq import TransactionStatus
from sqlalchemy import Select, Table, bindparam, func, literal, select, text, type_coerce, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from accounts.models import User
from enrollment.leads import Lead
from enrollment.models import Program
from foundation.asking import QUESTIONS, Question, row, rows
from foundation.clock import now
from foundation.db import db, new_public_id
from tests.makers import School


def thrice(query: Select[Any], given: dict[str, Any] | None = None) -> list[list[tuple[Any, ...]]]:
    """By SQLAlchemy, when the statement becomes a question, and when it is one."""
    return [[tuple(one) for one in rows(query, given)] for _ in range(3)]


def test_values_are_put_in_turned_as_their_types_want_it(context: Any, school: School) -> None:
    program = school.program()
    query = select(Program.title, Program.level).where(
        Program.level == program.level, Program.created_at <= bindparam("at")
    )
    at = datetime(2999, 1, 1, tzinfo=UTC)
    assert thrice(query, {"at": at}) == [[(program.title, program.level)]] * 3
    assert isinstance(QUESTIONS[query], Question)
    found = row(query, {"at": at, "unknown": 1})
    assert found is not None and found.title == program.title


def test_a_default_may_be_told_otherwise_and_a_missing_value_is_named(context: Any) -> None:
    query = select(literal(1) + bindparam("more", 1))
    assert thrice(query) == [[(2,)]] * 3
    assert rows(query, {"more": 4})[0][0] == 5
    wanted = select(func.abs(bindparam("number", type_=Program.id.type)))
    thrice(wanted, {"number": -1})
    with pytest.raises(KeyError, match="number"):
        rows(wanted)


def test_a_list_for_in_stays_with_sqlalchemy(context: Any, school: School) -> None:
    user = school.user("Ada")
    listed = select(User.id).where(User.id.in_(bindparam("ids", expanding=True)))
    assert thrice(listed, {"ids": [user.id, 0]}) == [[(user.id,)]] * 3
    assert QUESTIONS[listed] is None


def status() -> TransactionStatus:
    return db.session.connection().connection.driver_connection.info.transaction_status


def test_a_lock_is_taken_inside_the_sessions_transaction(context: Any, school: School) -> None:
    user = school.user("Ada")
    locked = select(User.id).where(User.id == bindparam("id")).with_for_update(key_share=True)
    thrice(locked, {"id": user.id})
    db.session.rollback()
    assert rows(locked, {"id": user.id}) == [(user.id,)]
    assert isinstance(QUESTIONS[locked], Question)
    assert status() == TransactionStatus.INTRANS


def test_a_row_is_written_inside_the_sessions_transaction_or_not_at_all(context: Any) -> None:
    table = cast(Table, Lead.__table__)
    written = insert(table).on_conflict_do_nothing().returning(table.c.id)
    told = {"name": "Ada", "source": "guide", "asked_at": now(), "is_suspect": False, "news": False}
    for number in range(4):
        told |= {"public_id": new_public_id(), "email": f"ada{number}@example.com"}
        assert len(rows(written, told)) == 1
        assert rows(written, told) == []
    assert isinstance(QUESTIONS[written], Question)
    with pytest.raises(KeyError, match="nickname"):
        rows(written, told | {"nickname": "A"})
    assert db.session.scalar(select(func.count(Lead.id))) == 4
    db.session.rollback()
    assert db.session.scalar(select(func.count(Lead.id))) == 0


def test_what_is_asked_first_begins_no_session_and_what_follows_a_change_sees_it(context: Any, school: School) -> None:
    user = school.user("Ada")
    query = select(User.name).where(User.id == bindparam("id"))
    thrice(query, {"id": user.id})
    db.session.remove()
    assert rows(query, {"id": user.id}) == [("Ada",)]
    assert not db.session.registry.has()
    assert "aside" in g
    db.session.execute(update(User).where(User.id == user.id).values(name="Grace"))
    assert "aside" not in g
    assert rows(query, {"id": user.id}) == [("Grace",)]
    db.session.rollback()
    assert rows(query, {"id": user.id}) == [("Ada",)]


def test_a_connection_that_breaks_while_it_is_asked_is_asked_again_over_another(context: Any, school: School) -> None:
    user = school.user("Ada")
    query = select(User.name).where(User.id == bindparam("id"))
    thrice(query, {"id": user.id})
    db.session.remove()
    rows(query, {"id": user.id})
    mine = g.aside.connection.info.backend_pid
    with db.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})
        other.commit()
    assert rows(query, {"id": user.id}) == [("Ada",)]
    assert "aside" not in g


def test_statements_are_counted_and_what_waits_is_written_first(context: Any, school: School, queries: Any) -> None:
    user = db.session.get_one(User, school.user("Ada").id)
    query = select(User.name).where(User.id == bindparam("id"))
    thrice(query, {"id": user.id})
    user.name = "Grace"
    with queries() as seen:
        assert rows(query, {"id": user.id})[0][0] == "Grace"
    assert [one.split()[0] for one in seen.sent] == ["UPDATE", "SELECT"]


def test_a_fault_is_told_as_sqlalchemy_tells_it(context: Any) -> None:
    query = select(literal(1) / type_coerce(bindparam("by"), Program.id.type))
    thrice(query, {"by": 1})
    with pytest.raises(DBAPIError) as told:
        rows(query, {"by": 0})
    assert isinstance(told.value.orig, errors.DivisionByZero)


def test_a_statement_that_is_built_anew_each_time_leaves_nothing_behind(context: Any) -> None:
    before = len(QUESTIONS)
    for number in range(20):
        rows(select(literal(number)))
    assert len(QUESTIONS) <= before + 1
