"""Everybody at once: two hundred buyers for thirty seats."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select

from foundation.db import db
from tests.payments.conftest import new_buyer, path_of

BUYERS, SEATS, AT_ONCE = 200, 30, 20


def test_two_hundred_buyers_at_once_for_thirty_seats_buy_exactly_thirty(app, school, local_stripe, work):
    cohort = school.cohort(seats=SEATS)
    address = f"/enroll/{cohort.code}"
    ready = []
    for number in range(BUYERS):
        buyer = new_buyer(app, school, cohort, f"Buyer {number}")
        ready.append((buyer, buyer.client.hidden(address, address) | {"agreed": "y"}))
    start = Barrier(AT_ONCE)

    def buy(found):
        number, (buyer, sent) = found
        if number < AT_ONCE:
            start.wait()
        answer = buyer.client.post(address, data=sent)
        assert answer.status_code in {303, 422}
        if answer.status_code == 422:
            return "waiting list" if "full" in answer.text or "last seat" in answer.text else answer.text
        assert answer.location.startswith(local_stripe.base_url)
        assert buyer.client.get(path_of(local_stripe.pay(answer.location))).status_code == 303
        return "in"

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        ends = list(crowd.map(buy, enumerate(ready)))
    local_stripe.heard()
    work()
    assert {end: ends.count(end) for end in set(ends)} == {"in": SEATS, "waiting list": BUYERS - SEATS}
    assert taken(app) == (SEATS, SEATS, SEATS)


def taken(app):
    """Seats taken, enrollments, receipts."""
    from enrollment.models import Enrollment, Seat
    from payments.models import Receipt

    with app.app_context():
        seats = [str(state) for state in db.session.scalars(select(Seat.state))]
        made = [len(list(db.session.scalars(select(model.id)))) for model in (Enrollment, Receipt)]
        return seats.count("taken"), *made
