"""Somebody who pays by instalments, and a month that goes by."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from foundation.db import db
from tests.payments.conftest import Buyer
from tests.payments.test_prices import enroll

MONTH = 31 * 24 * 3600 + 2 * 3600
"""Longer than any month, by the hour after which a bill that was drawn up is collected, and one more."""


@pytest.fixture
def plan(buyer, school):
    return school.plan(buyer.cohort, "instalments", title="Four instalments", total_cents=480000)


@pytest.fixture
def on_plan(buyer, plan, local_stripe, work, run_task) -> Buyer:
    """Somebody who has paid the first of four instalments; the plan has its end."""
    buyer.come_back(local_stripe.pay(enroll(buyer, plan=plan.public_id).location))
    run_task("follow_plans")
    local_stripe.heard()
    work()
    return buyer


def a_month_on(local_stripe, work, months=1):
    for _ in range(months):
        local_stripe.advance(MONTH)
        local_stripe.heard()
        work()


def let_the_card_fail(bank, buyer):
    bad = bank.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": buyer.books().order.customer_id})
    bank.v1.subscriptions.update(buyer.books().order.subscription_id, {"default_payment_method": bad.id})


def charges(buyer):
    return [cents for kind, cents in buyer.books().money if kind == "charge"]


def state_of(buyer):
    return str(buyer.books().enrollments[0].state)


def second_due(buyer):
    from payments.pricing.spreading import later

    made = buyer.books().order.created_at
    return made + (later(made.date(), 1) - made.date())


def overdue_since(buyer):
    """Noon of the day on which the balance falls due, in UTC."""
    from datetime import UTC, datetime

    from payments.models import OrderDue

    with buyer.app.app_context():
        due = db.session.scalars(select(OrderDue).where(OrderDue.number == 2)).one()
        return datetime.combine(due.due_on, datetime.min.time(), UTC)
