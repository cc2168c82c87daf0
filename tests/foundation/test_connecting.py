"""A page that only reads begins no transaction, a change always stands in one, a server that went away is noticed."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy import select, text

from accounts.models import User
from foundation.connecting import Asides, only_reads
from foundation.db import db
from tests.makers import School


def status() -> TransactionStatus:
    return driver().info.transaction_status


def driver() -> Any:
    return db.session.connection().connection.driver_connection


def test_what_only_reads_begins_no_transaction(app: Flask) -> None:
    with app.app_context():
        db.session.scalars(select(User)).all()
        assert status() == TransactionStatus.IDLE


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM program FOR NO KEY UPDATE",
        "SELECT pg_advisory_xact_lock(7)",
        "SAVEPOINT here",
        "UPDATE program SET title = 'Other'",
        "WITH gone AS (DELETE FROM program RETURNING id) SELECT id FROM gone",
    ],
)
def test_what_changes_or_locks_stands_in_a_transaction(app: Flask, sql: str) -> None:
    with app.app_context():
        db.session.execute(text("SELECT 1"))
        db.session.execute(text(sql))
        assert status() == TransactionStatus.INTRANS


def test_a_change_that_is_rolled_back_is_not_kept_and_the_connection_rests_as_before(
    app: Flask, school: School
) -> None:
    user = school.user("Ada")
    with app.app_context():
        found = db.session.get_one(User, user.id)
        name, found.name = found.name, "Somebody else"
        db.session.flush()
        db.session.rollback()
        assert db.session.get_one(User, user.id).name == name
        assert (driver().autocommit, status()) == (True, TransactionStatus.IDLE)


def test_a_connection_that_the_server_closed_is_noticed_before_it_is_used(app: Flask) -> None:
    others = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()"
    with app.app_context():
        with db.engine.connect() as one, db.engine.connect():
            one.execute(text(f"{others} AND pid <> pg_backend_pid()"))
            one.commit()
        with db.engine.connect() as one, db.engine.connect() as other:
            assert [one.scalar(text("SELECT 1")), other.scalar(text("SELECT 1"))] == [1, 1]


def test_a_connection_beside_the_pool_is_used_again_and_one_that_the_server_closed_is_not(app: Flask) -> None:
    with app.app_context():
        asides = Asides(db.engine)
        first, second = asides.take(), asides.take()
        for one in (first, second):
            asides.rest(one)
        assert asides.take() is second
        with db.engine.connect() as other:
            pid = first.connection.info.backend_pid
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        third = asides.take()
        assert third is not first and first.connection.closed
        assert third.cursor.execute("SELECT 1").fetchall() == [(1,)]
        third.give_up()
        second.give_up()


def test_a_process_that_was_forked_off_opens_its_own(app: Flask) -> None:
    with app.app_context():
        asides = Asides(db.engine)
        parents = asides.take()
        parents.pid += 1
        asides.rest(parents)
        own = asides.take()
        assert own is not parents and not parents.connection.closed
        own.give_up()
        parents.connection.close()


def test_whoever_closes_the_engine_closes_what_rests_beside_its_pool(app: Flask) -> None:
    with app.app_context():
        asides = Asides(db.engine)
        one = asides.take()
        asides.rest(one)
        db.engine.dispose()
        assert one.connection.closed and not asides.resting


def test_words_inside_names_are_no_changes() -> None:
    assert only_reads("SELECT ledger.updated_at, deleted FROM ledger WHERE inserted_by = 1")
    assert not only_reads("SELECT nextval('receipt')")
    assert not only_reads("TRUNCATE program")


def test_the_database_has_no_function_that_a_question_could_change_something_with(app: Flask) -> None:
    ours = """SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace
              WHERE nspname = 'public' AND provolatile = 'v' AND prorettype <> 'trigger'::regtype
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = pg_proc.oid AND d.deptype = 'e')"""
    with app.app_context():
        assert db.session.scalars(text(ours)).all() == []


def test_days_are_read_in_utc_whatever_zone_the_server_keeps(app, context):
    assert context.scalar(text("SHOW timezone")) == "UTC"
