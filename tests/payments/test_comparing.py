"""Our own records are held against one another each night, and what differs is put before staff once."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

DAMAGE = {
    "not_enrolled": "UPDATE enrollment_order SET enrollment_id = NULL",
    "unpaid_due": "UPDATE order_due SET cents = cents + 1",
    "stray_seat": "UPDATE enrollment_order SET state = 'cancelled'",
    "no_seat": "UPDATE seat SET state = 'released'",
}


@pytest.fixture
def paid(buyer, local_stripe, work):
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    local_stripe.heard()
    work()
    return buyer


def test_where_all_is_well_nothing_is_said(app, paid, run_task):
    assert run_task("compare_books") == 0
    assert paid.books().tasks == []


@pytest.mark.parametrize("kind", DAMAGE)
def test_records_that_tell_two_stories_are_put_before_staff_once(app, paid, run_task, kind):
    from foundation.db import db

    with app.app_context():
        db.session.execute(text(DAMAGE[kind]))
        db.session.commit()
    for _ in range(2):
        run_task("compare_books")
    assert paid.books().tasks.count("order.difference") >= 1
    with app.app_context():
        found = db.session.scalars(text("SELECT dedupe FROM staff_task WHERE kind = 'order.difference'")).all()
    assert f"order.{kind}:{paid.books().order.id}" in found


def test_the_command_names_each_difference(app, paid):
    from foundation.db import db

    with app.app_context():
        db.session.execute(text(DAMAGE["not_enrolled"]))
        db.session.commit()
    said = json.loads(app.test_cli_runner().invoke(args=["payments", "reconcile"]).output)
    order = paid.books().order.public_id
    assert {"order": order, "reason": "Paid, but not enrolled."} in said["for_staff"]
