"""States, numbers and the agreement: what may move, what may not, and what is counted without gaps."""

from __future__ import annotations

import hashlib
import itertools
import json
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from foundation.db import db
from foundation.states import MoveRefused
from payments.models import ATTEMPT_MOVES, ORDER_MOVES, OrderState
from payments.models.ledger import REFUND_MOVES
from tests.payments.conftest import new_buyer

PUBLISHED = {"2026-1": "f62d9539a5041f3e"}


@pytest.mark.parametrize("moves", [ORDER_MOVES, ATTEMPT_MOVES, REFUND_MOVES], ids=lambda m: m.name)
def test_every_pair_of_states_is_allowed_or_refused_by_the_table(moves):
    for old, new in itertools.product(moves.table, repeat=2):
        if new == old or new in moves.table[old]:
            moves.check(old, new)
        else:
            with pytest.raises(MoveRefused):
                moves.check(old, new)


def test_money_that_comes_after_the_end_of_an_order_is_never_refused():
    for state in (OrderState.EXPIRED, OrderState.FAILED, OrderState.CANCELLED):
        assert {OrderState.PAID, OrderState.PAID_NO_SEAT} <= ORDER_MOVES.table[state]


def test_only_one_caller_moves_an_order(app, school):
    from foundation.clock import now
    from payments import ordering

    order, start, moved = school.order(school.user(), school.cohort()), threading.Barrier(8), []

    def run():
        with app.app_context():
            mine = ordering.locked(order.id)
            db.session.rollback()
            start.wait()
            moved.append(ordering.move(mine, OrderState.PAID, at=now()))
            db.session.commit()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(moved) == [*[False] * 7, True]


def test_receipts_are_numbered_without_gaps_also_when_one_is_undone(app, school, local_stripe):
    cohort = school.cohort(seats=9)
    for number in range(3):
        buyer = new_buyer(app, school, cohort, f"Person {number}")
        buyer.come_back(local_stripe.pay(buyer.enroll()))
        with app.app_context():
            from payments.accounting import _next_serial

            _next_serial(buyer.books().orders[-1].paid_at.year)
            db.session.rollback()
    assert [number[-5:] for number in buyer.books().receipts] == ["00001", "00002", "00003"]


@pytest.mark.parametrize("table", ["money_entry", "receipt"])
def test_what_was_written_about_money_is_never_edited(app, buyer, local_stripe, table):
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    with app.app_context():
        for statement in (f"UPDATE {table} SET order_id = order_id", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="append-only"):
                db.session.execute(text(statement))
            db.session.rollback()


def test_a_published_agreement_is_never_changed():
    """A new wording is a new file; its mark is added here when it is published."""
    from payments import agreeing

    marks = {
        v: hashlib.sha256((agreeing.FOLDER / f"{v}.md").read_bytes()).hexdigest()[:16] for v in agreeing.versions()
    }
    assert marks == PUBLISHED


def test_reconciling_by_hand_says_what_differed_and_what_was_mended(app, buyer, local_stripe):
    local_stripe.faults(drop=True)
    local_stripe.pay(buyer.enroll())
    said = app.test_cli_runner().invoke(args=["payments", "reconcile", "--since", "2"])
    assert said.exit_code == 0, said.output
    order = buyer.books().order.public_id
    report = json.loads(said.output)
    assert report["orders_checked"] == 1
    assert report["mended"] == [{"order": order, "was": "pending", "is": "paid"}]
    assert report["for_staff"] == []
    again = json.loads(app.test_cli_runner().invoke(args=["payments", "reconcile"]).output)
    assert again["mended"] == []


def test_reconciling_refuses_a_number_of_days_that_is_none(app):
    assert app.test_cli_runner().invoke(args=["payments", "reconcile", "--since", "many"]).exit_code == 2


def test_an_order_whose_session_was_never_made_ends_by_itself_and_frees_its_seat(app, school, local_stripe, run_task):
    from datetime import timedelta

    from tests.turning import travel

    buyer = new_buyer(app, school, school.cohort(seats=1))
    school.order(buyer.user, buyer.cohort)
    with local_stripe.recorder.looking_away(), travel(school.now() + timedelta(hours=1)):
        run_task("reconcile_orders")
    assert buyer.books().state == "expired"
    assert buyer.books().seats == ["released"]
    assert str(buyer.books().attempts[0].state) == "refused"
