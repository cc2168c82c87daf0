"""A bank's question changes nothing; a dispute freezes the order; lost it ends the enrollment, won all is as before."""

from __future__ import annotations

import pytest
import requests

from tests.payments.test_refunds import refund

DISPUTED, INQUIRED = "4000000000000259", "4000000000001976"


@pytest.fixture
def disputed(buyer, local_stripe, work):
    buyer.come_back(local_stripe.pay(buyer.enroll(), DISPUTED))
    local_stripe.heard()
    work()
    return buyer


@pytest.fixture
def bank_acts(local_stripe, bank, work):
    """`bank_acts("win")`: what the bank does next about the one dispute there is."""

    def act(what):
        (found,) = bank.v1.disputes.list().data
        answer = requests.post(f"{local_stripe.base_url}/control/disputes/{found.id}/{what}", timeout=60)
        assert answer.ok, answer.text
        local_stripe.heard()
        work()

    return act


def money(buyer, kind):
    return [cents for k, cents in buyer.books().money if k == kind]


def standing(buyer):
    books = buyer.books()
    return books.state, str(books.enrollments[0].state), books.seats


def test_a_dispute_freezes_the_order_and_leaves_the_course_open(disputed):
    assert standing(disputed) == ("disputed", "active", ["taken"])
    assert money(disputed, "dispute") == [-480000]
    assert disputed.books().tasks == ["order.dispute"]


def test_no_refund_is_made_while_a_bank_decides(disputed, finance):
    assert refund(finance, disputed, "4800").status_code == 422
    assert money(disputed, "refund") == []


def test_won_all_is_as_before(disputed, bank_acts):
    bank_acts("win")
    assert standing(disputed) == ("paid", "active", ["taken"])
    assert sum(money(disputed, "dispute") + money(disputed, "dispute_won")) == 0


def test_lost_the_enrollment_ends_and_the_seat_is_free(disputed, bank_acts):
    bank_acts("lose")
    assert standing(disputed) == ("lost", "withdrawn", ["released"])
    assert disputed.books().letters.count("order.lost") == 1


def test_an_inquiry_moves_no_money_and_can_rest_or_grow(buyer, local_stripe, work, bank_acts):
    buyer.come_back(local_stripe.pay(buyer.enroll(), INQUIRED))
    local_stripe.heard()
    work()
    assert standing(buyer) == ("paid", "active", ["taken"])
    assert (money(buyer, "dispute"), buyer.books().tasks) == ([], ["order.inquiry"])
    bank_acts("escalate")
    assert standing(buyer)[0] == "disputed"
    assert money(buyer, "dispute") == [-480000]


def test_a_dispute_no_event_told_of_is_found_by_the_reconciler(app, buyer, local_stripe):
    local_stripe.faults(drop=True)
    buyer.come_back(local_stripe.pay(buyer.enroll(), DISPUTED))
    with app.app_context():
        from foundation.clock import now
        from foundation.db import db
        from payments import reconciling

        for _ in reconciling.check_each([buyer.books().order.id], at=now()):
            db.session.commit()
    assert standing(buyer)[0] == "disputed"


def test_events_of_a_dispute_twice_and_turned_round_end_the_same(
    disputed, local_stripe, bank_acts, shuffle_events, work
):
    local_stripe.faults(duplicate=True)
    shuffle_events(["charge.dispute.closed", "charge.dispute.funds_withdrawn", "charge.dispute.created"])
    bank_acts("lose")
    work()
    assert money(disputed, "dispute") == [-480000]
    assert disputed.books().letters.count("order.lost") == 1
