"""Many orders are held against Stripe a page at a time; whatever does not agree is looked at more closely."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from foundation.clock import now
from foundation.db import db

HEALED = {
    "the part's price": ("UPDATE order_due SET cents = cents + 1", "UPDATE order_due SET cents = cents - 1"),
    "the tax": (
        "UPDATE order_due SET tax_cents = 1, added_cents = 1",
        "UPDATE order_due SET tax_cents = 0, added_cents = 0",
    ),
    "the part": ("UPDATE order_due SET state = 'open'", "UPDATE order_due SET state = 'paid'"),
    "the attempt": ("UPDATE checkout_attempt SET state = 'open'", "UPDATE checkout_attempt SET state = 'complete'"),
    "the session": (
        "UPDATE checkout_attempt SET session_id = session_id || 'x'",
        "UPDATE checkout_attempt SET session_id = left(session_id, -1)",
    ),
    "the order": ("UPDATE enrollment_order SET state = 'expired'", "UPDATE enrollment_order SET state = 'paid'"),
    "the currency": ("UPDATE enrollment_order SET currency = 'EUR'", "UPDATE enrollment_order SET currency = 'USD'"),
}


@pytest.fixture
def paid(buyer, local_stripe, work):
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    local_stripe.heard()
    work()
    return buyer


def at_rest(app, order_id):
    from payments import glancing

    with app.app_context():
        found = glancing.at_rest([order_id], at=now())
        db.session.commit()
    return [(name, state) for _, name, state in found]


def do(app, sql):
    with app.app_context():
        db.session.execute(text(sql))
        db.session.commit()


def test_what_agrees_to_the_cent_rests_and_whatever_does_not_is_looked_at_more_closely(app, paid, local_stripe):
    order = paid.books().order
    assert at_rest(app, order.id) == [(order.public_id, "paid")]
    assert paid.books().order.checked_at > order.checked_at
    for damage, heal in HEALED.values():
        do(app, damage)
        assert at_rest(app, order.id) == [], damage
        do(app, heal)
    assert at_rest(app, order.id) == [(order.public_id, "paid")]
    with local_stripe.recorder.looking_away():
        local_stripe.faults(drop=True)
        local_stripe.refund(paid.books().attempts[0].session_id, 100)
    assert at_rest(app, order.id) == []


def test_a_refund_that_nobody_told_of_is_found_among_many_orders(app, paid, local_stripe, run_task, monkeypatch):
    monkeypatch.setattr("payments.reconciling.FEW", 0)
    local_stripe.faults(drop=True)
    local_stripe.refund(paid.books().attempts[0].session_id, 100)
    run_task("compare_books")
    assert [cents for kind, cents in paid.books().money if kind == "refund"] == [-100]


def test_a_hundred_orders_cost_one_call_and_a_handful_of_statements(app, paid, local_stripe, queries, monkeypatch):
    from payments import gateway, reconciling

    monkeypatch.setattr(reconciling, "FEW", 0)
    monkeypatch.setattr(gateway, "retrieve_session", lambda _: pytest.fail("asked about by itself"))
    with app.app_context(), queries() as q:
        told = list(reconciling.check_all([paid.books().order.id], at=now()))
    assert [(one.was, one.now, one.reason) for one in told] == [("paid", "paid", "")]
    assert q.count <= 15  # the books that this test reads among them


def test_orders_that_stripe_never_heard_of_rest_where_they_are_over(app, school, local_stripe):
    order = school.order(school.user("Ana"), school.cohort())
    assert at_rest(app, order.id) == []
    do(app, "UPDATE checkout_attempt SET state = 'expired'")
    do(app, "UPDATE enrollment_order SET state = 'expired'")
    assert at_rest(app, order.id) == [(order.public_id, "expired")]


def test_where_stripe_does_not_answer_each_order_says_so(app, paid, local_stripe, monkeypatch):
    from payments import reconciling

    monkeypatch.setattr(reconciling, "FEW", 0)
    local_stripe.faults(api_500=True)
    with app.app_context():
        told = list(reconciling.check_all([paid.books().order.id], at=now()))
    assert "could not be asked" in told[0].reason
