"""Payments that take days, and news that comes in the wrong order."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from tests.payments.conftest import ONCE, is_in_once
from tests.payments.sandbox.driver import BANK_CLEARS
from tests.turning import travel


def test_a_delayed_payment_keeps_its_seat_for_days_and_then_lets_in(buyer, local_stripe, work):
    buyer.come_back(local_stripe.pay_by_bank(buyer.enroll(), BANK_CLEARS["usd"]))
    local_stripe.heard()
    work()
    assert buyer.books().state == "processing"
    assert not buyer.books().enrollments
    with travel(buyer.books().order.created_at + timedelta(days=3)):
        assert buyer.books().seats == ["held"]
    local_stripe.clear(buyer.books().attempts[0].session_id)
    local_stripe.heard()
    work()
    books = buyer.books()
    assert books.state == "paid"
    assert books.letters == [*ONCE, "order.processing"]


def test_a_delayed_payment_that_fails_frees_the_seat_and_says_so_once(buyer, local_stripe, work):
    buyer.come_back(local_stripe.pay_by_bank(buyer.enroll()))
    local_stripe.faults(duplicate=True)
    local_stripe.fail(buyer.books().attempts[0].session_id)
    local_stripe.heard()
    work()
    books = buyer.books()
    assert books.state == "failed"
    assert books.seats == ["released"]
    assert not books.enrollments
    assert books.letters == ["order.failed", "order.processing"]


def permutations_of_a_delayed_payment():
    return list(itertools.permutations(["checkout.session.completed", "checkout.session.async_payment_succeeded"]))


@pytest.mark.parametrize("sequence", permutations_of_a_delayed_payment())
def test_events_out_of_order_end_the_same(app, buyer, local_stripe, work, sequence, shuffle_events):
    local_stripe.pay_by_bank(buyer.enroll())
    local_stripe.clear(buyer.books().attempts[0].session_id)
    local_stripe.heard()
    shuffle_events(sequence)
    work()
    books = buyer.books()
    assert books.state == "paid"
    assert len(books.enrollments) == len(books.receipts) == 1
    assert books.letters == ONCE


@pytest.mark.parametrize("first", ["checkout.session.completed", "checkout.session.expired"])
def test_an_expiry_told_after_or_before_the_payment_changes_nothing(buyer, local_stripe, work, first, forge_event):
    """Stripe may tell of things in any order; what it says when asked is what counts."""
    local_stripe.pay(buyer.enroll())
    local_stripe.heard()
    forge_event("checkout.session.expired", buyer.books().attempts[0].session_id, before=first.endswith("expired"))
    work()
    is_in_once(buyer.books())
