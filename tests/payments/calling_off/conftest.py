"""A cohort with somebody who has paid, and the desk that calls it off."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from enrollment.policies.terms import Measure, Step
from foundation.db import db
from mail.models import Letter
from tests.payments.conftest import new_buyer

STEPS = (Step(Measure.DAYS_BEFORE, 60, 100), Step(Measure.AFTERWARDS, 0, 10))


def text(answer):
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


@pytest.fixture
def program(school):
    made = school.program(slug="practitioner")
    school.policy(made, steps=STEPS, transfers=0, transfer_fee_cents=15000)
    return made


@pytest.fixture
def cohort(school, program):
    return school.cohort(of=program, seats=8, seats_minimum=6, title="Spring")


@pytest.fixture
def paid(app, school, cohort, local_stripe):
    buyer = new_buyer(app, school, cohort)
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    return buyer


def call_off(desk, cohort, **wishes):
    page = f"/staff/cohorts/{cohort.code}/call-off"
    return desk.submit(page, {"reason": "Too few people", "sure": "y"} | wishes)


def kinds(app):
    with app.app_context():
        return list(db.session.scalars(select(Letter.kind).order_by(Letter.id)))


def page_of(buyer):
    return f"/orders/{buyer.books().order.public_id}"
