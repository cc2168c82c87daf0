"""Somebody who has paid, and a later cohort to move to."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from enrollment.policies.terms import Measure, Step
from foundation.db import db
from payments.models import EnrollmentChange
from tests.payments.conftest import new_buyer

STEPS = (Step(Measure.DAYS_BEFORE, 14, 100), Step(Measure.SHARE, 50, 50), Step(Measure.AFTERWARDS, 0, 0))


@pytest.fixture
def program(school):
    made = school.program(slug="practitioner")
    school.policy(made, steps=STEPS)
    return made


@pytest.fixture
def paid(app, school, program, local_stripe):
    """Somebody in a cohort that began twenty days ago and is a third over."""
    cohort = school.cohort(of=program, starts_in=-20, closes_at=school.now() + timedelta(days=9), title="Spring")
    buyer = new_buyer(app, school, cohort)
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    return buyer


@pytest.fixture
def next_one(school, program):
    return school.cohort(of=program, starts_in=90, code="autumn", title="Autumn", seats=1)


def page_of(buyer):
    return f"/orders/{buyer.books().order.public_id}"


def changes(buyer):
    with buyer.app.app_context():
        found = list(db.session.scalars(select(EnrollmentChange).order_by(EnrollmentChange.id)))
        db.session.expunge_all()
        return found


def shown_sum(buyer):
    return re.search(r'simulated__sum"><b>([^<]+)</b>', buyer.client.get(f"{page_of(buyer)}/stop").text).group(1)


@pytest.fixture
def asked(app, school, program, local_stripe, next_one):
    """Somebody has asked for a move that costs a fee."""
    school.policy(program, steps=STEPS, transfer_fee_cents=15000)
    buyer = new_buyer(app, school, school.cohort(of=program, starts_in=30))
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    assert "It costs $150" in buyer.client.get(f"{page_of(buyer)}/move").text
    buyer.client.submit(f"{page_of(buyer)}/move", {"cohort": "autumn"})
    return buyer


def pay_fee(buyer):
    """The address of the page on which the fee of what waits is paid."""
    (change,) = [one for one in changes(buyer) if one.is_open]
    return buyer.client.submit(f"/account/changes/{change.public_id}/pay", on=f"{page_of(buyer)}/change").location


def let_the_seat_go(app, cohort):
    """The time of what is held there is over, and somebody else has the last seat."""
    from enrollment.models import Cohort, Seat

    with app.app_context():
        for seat in db.session.scalars(select(Seat).where(Seat.ref.like("move:%"), Seat.held_until.is_not(None))):
            seat.held_until -= timedelta(hours=1)
        db.session.get_one(Cohort, cohort.id).seats = 0
        db.session.commit()


def race_to_move(buyers):
    """All of them send the form for the autumn's cohort in the same moment; the answers' codes, in order."""
    wanted = [f"/orders/{order.public_id}/move" for order in buyers[0].books().orders]
    sent = [one.client.hidden(page, page) | {"cohort": "autumn"} for one, page in zip(buyers, wanted, strict=True)]
    start, answers = threading.Barrier(len(buyers)), []

    def run(one, page, data):
        start.wait()
        answers.append(one.client.post(page, data=data).status_code)

    threads = [threading.Thread(target=run, args=x) for x in zip(buyers, wanted, sent, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return sorted(answers)
