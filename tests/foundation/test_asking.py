"""Plain rows: what the driver is asked directly is what SQLAlchemy would have given, and is seen by whoever counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from psycopg import errors
from sqlalchemy import Select, bindparam, func, literal, select, type_coerce
from sqlalchemy.exc import DBAPIError

from accounts.models import User
from enrollment.models import Program
from foundation.asking import QUESTIONS, Question, row, rows
from foundation.db import db
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


def test_a_list_for_in_and_a_lock_stay_with_sqlalchemy(context: Any, school: School) -> None:
    user = school.user("Ada")
    listed = select(User.id).where(User.id.in_(bindparam("ids", expanding=True)))
    assert thrice(listed, {"ids": [user.id, 0]}) == [[(user.id,)]] * 3
    locked = select(User.id).with_for_update(key_share=True)
    thrice(locked)
    assert (QUESTIONS[listed], QUESTIONS[locked]) == (None, None)


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
