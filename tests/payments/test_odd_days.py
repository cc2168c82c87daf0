"""The days that go otherwise: a slow or silent Stripe, a killed process, a poisoned event, clocks that disagree."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from foundation.clock import now
from foundation.db import db
from tests.payments.conftest import is_in_once
from tests.payments.test_webhook import an_event, deliver, signed
from tests.turning import travel


def test_whoever_pays_with_another_address_is_in_by_the_account_and_gets_the_letters_there(buyer, local_stripe, app):
    from mail.models import Letter

    buyer.come_back(local_stripe.pay(buyer.enroll(), email="the-office@example.org"))
    is_in_once(buyer.books())
    assert buyer.books().order.user_id == buyer.user.id
    with app.app_context():
        assert set(db.session.scalars(select(Letter.to_address))) == {buyer.user.email}


def test_money_of_an_account_that_was_closed_meanwhile_is_in_the_books(app, buyer, local_stripe, work):
    from accounts.models import User

    local_stripe.pay(buyer.enroll())
    local_stripe.heard()
    with app.app_context():
        db.session.get_one(User, buyer.user.id).active = False
        db.session.commit()
    work()
    assert buyer.books().state == "paid"
    assert [kind for kind, _ in buyer.books().money] == ["charge", "fee"]


def test_no_session_lets_stripe_change_the_currency(buyer, local_stripe):
    buyer.enroll()
    assert buyer.books().attempts[0].params["adaptive_pricing"] == {"enabled": False}


def test_a_process_killed_between_stripes_answer_and_our_commit_costs_nobody_anything(
    app, buyer, local_stripe, run_task
):
    """The session was made and paid, and we never wrote down its id; no event comes either."""
    local_stripe.faults(answer_lost={"times": 3, "path": "/v1/checkout/sessions"}, drop=True)
    buyer.enroll()
    made = buyer.books().attempts[0]
    with app.app_context():
        from payments import gateway

        local_stripe.pay(gateway.create_session(made.params, key=made.idempotency_key)["url"])
    assert buyer.books().attempts[0].session_id is None
    with travel(made.created_at + timedelta(minutes=14)):
        assert run_task("reconcile_orders") == 1
    is_in_once(buyer.books())


def test_a_page_waits_for_a_silent_stripe_less_than_twenty_seconds():
    from payments.gateway import PATIENCE, TRIES

    longest_pause = 2.0
    assert (TRIES * sum(PATIENCE)) + (TRIES - 1) * longest_pause < 20


def test_a_poisoned_event_holds_up_no_other_and_is_put_before_staff(app, client, buyer, local_stripe, work):
    """Ours by its mark, of a session Stripe knows nothing of: it can never be handled."""
    from foundation.escalating import StaffTask
    from payments.models import StripeEvent

    marked = {"id": "cs_test_poison", "object": "checkout.session", "metadata": {"order": "x"}}
    url = buyer.enroll()
    marked["client_reference_id"] = buyer.books().order.public_id
    with local_stripe.recorder.looking_away():
        deliver(client, *signed(an_event(id="evt_poison", data={"object": marked})))
        local_stripe.pay(url)
        local_stripe.heard()
        work()
    is_in_once(buyer.books())
    with local_stripe.recorder.looking_away(), travel(now() + timedelta(hours=25)):
        local_stripe.heard()
        work()
    with app.app_context():
        poisoned = db.session.scalars(select(StripeEvent).where(StripeEvent.event_id == "evt_poison")).one()
        assert (str(poisoned.state), poisoned.attempts) == ("dead", 2)
        assert "stripe.event_dead" in db.session.scalars(select(StaffTask.kind)).all()


CLOCK_EDGES = [
    datetime(2026, 3, 8, 6, 50, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 50, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 50, tzinfo=UTC),
    datetime(2026, 11, 1, 5, 50, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 50, tzinfo=UTC),
]


@pytest.mark.parametrize("at", CLOCK_EDGES, ids=lambda at: at.date().isoformat())
def test_a_seat_is_held_as_long_as_it_can_be_paid_also_when_clocks_change(app, school, at):
    from enrollment.models import Seat
    from payments.models import CheckoutAttempt
    from payments.ordering import GRACE, PAYABLE

    with travel(at, tick=False):
        school.order(school.user("Ana Lima"), school.cohort(seats=1))
    with app.app_context():
        attempt = db.session.scalars(select(CheckoutAttempt)).one()
        assert attempt.expires_at - at == PAYABLE
        assert attempt.params["expires_at"] == int((at + PAYABLE).timestamp())
        assert db.session.scalars(select(Seat.held_until)).one() == attempt.expires_at + GRACE


def test_a_clock_two_minutes_behind_stripes_own_sells_all_the_same(buyer, local_stripe):
    """Stripe refuses a session that lasts less than half an hour by its own clock."""
    local_stripe.advance(150)
    assert buyer.enroll().startswith(local_stripe.base_url)


def test_a_refund_clicked_twice_goes_back_once(buyer, finance, local_stripe, app):
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    address = f"/staff/orders/{buyer.books().order.public_id}/refund"
    sent = finance.hidden(address, address) | {"amount": "100", "reason": "Goodwill"}
    start, statuses = threading.Barrier(2), []

    def click():
        start.wait()
        statuses.append(finance.post(address, data=sent).status_code)

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(statuses) == [303, 422]
    assert [cents for kind, cents in buyer.books().money if kind == "refund"] == [-10000]
