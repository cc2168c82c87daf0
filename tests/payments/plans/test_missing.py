"""An instalment that is missed closes nothing before its time, and what is paid opens it again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from foundation.db import db
from tests.payments.plans.conftest import a_month_on, charges, let_the_card_fail, overdue_since, second_due, state_of
from tests.payments.test_prices import enroll, order_page, text
from tests.turning import travel


def new_card(bank, buyer):
    good = bank.v1.payment_methods.attach("pm_card_visa", {"customer": buyer.books().order.customer_id})
    bank.v1.subscriptions.update(buyer.books().order.subscription_id, {"default_payment_method": good.id})


def look(buyer, days):
    """What beat does some days after the second instalment was due."""
    from payments.plans import arrears

    at = second_due(buyer) + timedelta(days=days)
    with buyer.app.app_context():
        assert arrears.to_look_at(at.date()) == [buyer.books().order.id]
        arrears.look_at(buyer.books().order.id, at=at)
        db.session.commit()


def test_a_failed_instalment_writes_once_a_try_and_leaves_the_course_open(on_plan, local_stripe, work, bank):
    let_the_card_fail(bank, on_plan)
    a_month_on(local_stripe, work)
    books = on_plan.books()
    assert charges(on_plan) == [120000]
    assert books.letters.count("due.failed") >= 1
    assert state_of(on_plan) == "active"
    assert "A payment is open" in text(on_plan.client.get("/learn"))


def test_after_the_grace_the_course_is_read_only_then_closed_and_open_once_paid(
    on_plan, local_stripe, work, run_task, bank
):
    let_the_card_fail(bank, on_plan)
    a_month_on(local_stripe, work)
    look(on_plan, 9)
    assert state_of(on_plan) == "active"
    look(on_plan, 11)
    look(on_plan, 11)
    assert state_of(on_plan) == "read_only"
    look(on_plan, 25)
    assert state_of(on_plan) == "suspended"
    assert "closed because a payment has been open" in text(on_plan.client.get("/learn/" + place(on_plan) + "/"))
    new_card(bank, on_plan)
    open_invoice = bank.v1.invoices.list({"subscription": on_plan.books().order.subscription_id, "status": "open"}).data
    bank.v1.invoices.pay(open_invoice[0].id)
    local_stripe.heard()
    work()
    assert state_of(on_plan) == "active"
    letters = on_plan.books().letters
    assert [letters.count(f"access.{kind}") for kind in ("read_only", "closed", "restored")] == [1, 1, 1]


@pytest.mark.parametrize("grace", [0, 3, 30])
def test_the_time_of_grace_is_what_the_rules_of_the_order_say(buyer, school, local_stripe, run_task, grace):
    school.policy(buyer.cohort, grace_days=grace)
    deposit = school.plan(buyer.cohort, "deposit")
    buyer.come_back(local_stripe.pay(enroll(buyer, plan=deposit.public_id).location))
    local_stripe.heard()
    school.policy(buyer.cohort, grace_days=99)
    told = []
    for days in (max(grace - 1, 0), grace, grace + 13, grace + 14):
        with travel(overdue_since(buyer) + timedelta(days=days, hours=12)):
            run_task("look_at_arrears")
        told.append(state_of(buyer))
    on_time = "read_only" if grace else "active"
    assert told == ["active", on_time, "read_only", "suspended"], "whoever pays on the day itself is never late"


def place(buyer):
    return str(buyer.books().enrollments[0].public_id)


def test_staff_can_wait_with_a_reason_and_the_course_opens_again(
    on_plan,
    local_stripe,
    work,
    run_task,
    bank,
    finance,
):
    let_the_card_fail(bank, on_plan)
    a_month_on(local_stripe, work)
    look(on_plan, 11)
    page = f"/staff{order_page(on_plan)}"
    until = (second_due(on_plan) + timedelta(days=40)).date().isoformat()
    wrong = text(finance.submit(f"{page}/patience", {"until": until, "reason": " "}, on=page))
    assert 'id="reason-error"' in wrong
    assert f'value="{until}"' in wrong
    finance.submit(f"{page}/patience", {"until": until, "reason": "New job in March"}, on=page)
    look(on_plan, 30)
    assert state_of(on_plan) == "active"
    assert "New job in March" in text(finance.get(page))
    look(on_plan, 43)
    assert state_of(on_plan) == "suspended"


def test_a_bank_that_wants_the_buyers_word_is_no_failure(on_plan, local_stripe, work, bank):
    asks = bank.v1.payment_methods.attach(
        "pm_card_authenticationRequired", {"customer": on_plan.books().order.customer_id}
    )
    bank.v1.subscriptions.update(on_plan.books().order.subscription_id, {"default_payment_method": asks.id})
    a_month_on(local_stripe, work)
    letters = on_plan.books().letters
    assert letters.count("due.confirm") == 1
    assert "due.failed" not in letters
