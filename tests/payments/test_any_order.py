"""Stripe tells of a purchase in whichever order it likes: every permutation of its events ends in the same state."""

from __future__ import annotations

import itertools
from collections import Counter, deque

import pytest
from sqlalchemy import select

from foundation.clock import now
from foundation.db import db
from tests.payments.conftest import ONCE, read_books
from tests.payments.plans.conftest import plan  # noqa: F401 (a fixture)
from tests.payments.sandbox.driver import BANK_CLEARS
from tests.payments.test_disputes import DISPUTED
from tests.payments.test_prices import enroll

SESSION, LATE, EXPIRED = (f"checkout.session.{end}" for end in ("completed", "async_payment_succeeded", "expired"))
PAID = ("charge.succeeded", "payment_intent.succeeded")


def by_card(buyer, local_stripe):
    local_stripe.pay(buyer.enroll())


def by_bank(buyer, local_stripe):
    local_stripe.pay_by_bank(buyer.enroll(), BANK_CLEARS["usd"])
    local_stripe.clear(buyer.books().attempts[0].session_id)


def given_back(buyer, local_stripe):
    by_card(buyer, local_stripe)
    local_stripe.refund(buyer.books().attempts[0].session_id)


def disputed(buyer, local_stripe):
    local_stripe.pay(buyer.enroll(), DISPUTED)


IN = ("paid", ("taken",), ("active",), 1, tuple(ONCE))
STORIES = {
    "a card": (by_card, [*PAID, SESSION, EXPIRED], IN),
    "a bank that takes days": (by_bank, [SESSION, LATE, EXPIRED, "charge.succeeded"], IN),
    "a full refund in the dashboard": (
        given_back,
        [SESSION, "refund.created", "charge.refunded", "charge.succeeded"],
        ("refunded", ("released",), ("withdrawn",), 1, (*ONCE, "order.refunded")),
    ),
    "a bank that takes the money back": (
        disputed,
        [SESSION, "charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.succeeded"],
        ("disputed", ("taken",), ("active",), 1, tuple(ONCE)),
    ),
}
FIRST_INSTALMENT = [
    SESSION,
    "customer.subscription.created",
    "customer.subscription.updated",
    "invoice.paid",
]


@pytest.mark.parametrize("story", STORIES)
def test_every_order_of_the_events_of_a_purchase_ends_the_same(app, buyer, local_stripe, forge_event, story):
    buy, types, expected = STORIES[story]
    buy(buyer, local_stripe)
    local_stripe.heard()
    if EXPIRED in types:
        forge_event(EXPIRED, buyer.books().attempts[0].session_id, before=False)
    assert ends(app, types) == {expected}


def test_every_order_of_the_events_of_a_first_instalment_ends_the_same(app, buyer, plan, local_stripe):  # noqa: F811
    local_stripe.pay(enroll(buyer, plan=plan.public_id).location)
    local_stripe.heard()
    assert {(end[0], end[1], end[3]) for end in ends(app, FIRST_INSTALMENT)} == {("paid", ("taken",), 1)}


def ends(app, types):
    """The state of the books after each permutation of the stored events of those types."""
    from payments.models import StripeEvent

    with app.app_context():
        known = {event.type: event.id for event in db.session.scalars(select(StripeEvent))}
        assert set(types) <= set(known)
        return {after([known[type_] for type_ in order]) for order in itertools.permutations(types)}


def after(event_ids):
    """Handle the events one by one, each as the worker does; say where the books stand, and take all of it back."""
    waiting, tries = deque(event_ids), Counter()
    while waiting:
        event_id = waiting.popleft()
        tries[event_id] += 1
        assert tries[event_id] < 10, "it waits for ever"
        if not handled(event_id):
            waiting.append(event_id)
    books = read_books()
    assert len(books.enrollments) == 1
    state = str(books.enrollments[0].state)
    end = (books.state, tuple(books.seats), (state,), len(books.receipts), tuple(books.letters))
    money = Counter(kind for kind, _ in books.money)
    assert money["charge"] == 1
    db.session.rollback()
    return end


def handled(event_id):
    from payments import receiving
    from payments.models import StripeEvent

    with db.session.begin_nested() as point:
        try:
            receiving.handle(db.session.get_one(StripeEvent, event_id), at=now())
        except receiving.NotHereYet:
            point.rollback()
            return False
    return True
