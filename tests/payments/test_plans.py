"""Instalments are charged as agreed, never once more, and a missed one closes nothing before its time."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from foundation.db import db
from tests.payments.conftest import Buyer
from tests.payments.test_prices import enroll, order_page, text
from tests.payments.test_refunds import refund

MONTH = 31 * 24 * 3600


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


def new_card(bank, buyer):
    good = bank.v1.payment_methods.attach("pm_card_visa", {"customer": buyer.books().order.customer_id})
    bank.v1.subscriptions.update(buyer.books().order.subscription_id, {"default_payment_method": good.id})


def charges(buyer):
    return [cents for kind, cents in buyer.books().money if kind == "charge"]


def state_of(buyer):
    return str(buyer.books().enrollments[0].state)


def second_due(buyer):
    from payments.pricing.spreading import later

    made = buyer.books().order.created_at
    return made + (later(made.date(), 1) - made.date())


def at_day(buyer, days):
    """Some days after the second instalment was due."""
    return time_machine.travel(second_due(buyer) + timedelta(days=days))


def look(buyer, days):
    """What beat does some days after the second instalment was due."""
    from foundation.db import db
    from payments.plans import arrears

    at = second_due(buyer) + timedelta(days=days)
    with buyer.app.app_context():
        assert arrears.to_look_at(at.date()) == [buyer.books().order.id]
        arrears.look_at(buyer.books().order.id, at=at)
        db.session.commit()


def test_the_first_instalment_lets_in_and_says_what_comes_when(on_plan):
    books = on_plan.books()
    assert (books.state, charges(on_plan), len(books.receipts)) == ("paid", [120000], 1)
    page = text(on_plan.client.get(order_page(on_plan)))
    assert page.count("Instalment ") >= 4
    assert "Change the card" in page


def test_four_instalments_are_charged_and_never_a_fifth(on_plan, local_stripe, work):
    a_month_on(local_stripe, work, 6)
    books = on_plan.books()
    assert charges(on_plan) == [120000] * 4
    assert len(books.receipts) == 4
    assert books.letters.count("due.paid") == 3
    assert books.tasks == []
    assert books.order.plan_ended_at is not None


def test_events_in_any_order_and_twice_end_the_same(on_plan, local_stripe, work, shuffle_events):
    local_stripe.faults(duplicate=True)
    local_stripe.advance(2 * MONTH)
    local_stripe.heard()
    shuffle_events(["customer.subscription.deleted", "invoice.payment_failed", "invoice.paid"])
    work()
    assert charges(on_plan) == [120000] * 3
    assert len(on_plan.books().receipts) == 3


def test_an_instalment_no_event_told_of_is_found_by_the_reconciler(on_plan, local_stripe, run_task):
    local_stripe.faults(drop=True)
    with at_day(on_plan, 2):
        local_stripe.advance(0)
        run_task("reconcile_orders")
        local_stripe.heard()
    assert charges(on_plan) == [120000] * 2


def test_an_end_that_stripe_did_not_answer_is_attached_once(buyer, plan, local_stripe, work, run_task, bank):
    buyer.come_back(local_stripe.pay(enroll(buyer, plan=plan.public_id).location))
    local_stripe.faults(answer_lost={"times": 3, "path": "/v1/subscription_schedules"})
    run_task("follow_plans")
    assert buyer.books().order.schedule_id is None
    local_stripe.no_faults()
    run_task("follow_plans")
    run_task("follow_plans")
    found = bank.v1.subscription_schedules.list().data
    assert [schedule.id for schedule in found] == [buyer.books().order.schedule_id]
    assert found[0].end_behavior == "cancel"


def test_a_plan_whose_end_is_missing_gives_the_surplus_back(buyer, plan, local_stripe, work, run_task):
    buyer.come_back(local_stripe.pay(enroll(buyer, plan=plan.public_id).location))
    a_month_on(local_stripe, work, 4)
    books = buyer.books()
    assert charges(buyer) == [120000] * 5
    assert "order.plan_surplus" in books.tasks
    with time_machine.travel(books.order.created_at + timedelta(minutes=2)):
        run_task("reconcile_orders")
        local_stripe.heard()
    work()
    assert [cents for kind, cents in buyer.books().money if kind == "refund"] == [-120000]


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
        with time_machine.travel(overdue_since(buyer) + timedelta(days=days, hours=12)):
            run_task("look_at_arrears")
        told.append(state_of(buyer))
    on_time = "read_only" if grace else "active"
    assert told == ["active", on_time, "read_only", "suspended"], "whoever pays on the day itself is never late"


def overdue_since(buyer):
    """Noon of the day on which the balance falls due, in UTC."""
    from datetime import UTC, datetime

    from payments.models import OrderDue

    with buyer.app.app_context():
        due = db.session.scalars(select(OrderDue).where(OrderDue.number == 2)).one()
        return datetime.combine(due.due_on, datetime.min.time(), UTC)


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


def test_a_plan_that_is_refunded_whole_asks_for_nothing_more(
    on_plan,
    finance,
    local_stripe,
    work,
    run_task,
    bank,
):
    refund(finance, on_plan, "1200")
    run_task("follow_plans")
    a_month_on(local_stripe, work, 3)
    assert charges(on_plan) == [120000]
    assert bank.v1.subscriptions.retrieve(on_plan.books().order.subscription_id).status == "canceled"


def test_the_portal_is_the_buyers_own_and_can_not_cancel(on_plan, app, school):
    answer = on_plan.client.submit(f"{order_page(on_plan)}/portal", on=order_page(on_plan))
    assert "/p/session/" in answer.location
    stranger = app.test_client().sign_in(school.user("Some Body"))
    assert stranger.get(order_page(on_plan)).status_code == 404


def test_a_certificate_waits_while_tuition_is_open(on_plan, app):
    from credentials.certificates.holding import holds_of

    enrollment = on_plan.books().enrollments[0].id
    with app.app_context():
        reasons = [hold.reason for hold in holds_of([enrollment])[enrollment]]
    assert reasons == ["$3,600 of the tuition is still open."]


def test_a_waived_part_is_not_asked_for_and_can_be_asked_for_again(buyer, school, local_stripe, finance):
    deposit = school.plan(buyer.cohort, "deposit")
    buyer.come_back(local_stripe.pay(enroll(buyer, plan=deposit.public_id).location))
    page = f"/staff{order_page(buyer)}"
    finance.submit(f"{page}/parts/2/let-go", {"how": "all", "reason": "Scholarship of the board"})
    assert "Pay the balance" not in text(buyer.client.get(order_page(buyer)))
    finance.submit(f"{page}/waive", {"number": "2", "do": "ask", "reason": "Entered by mistake"}, on=page)
    assert "Pay the balance" in text(buyer.client.get(order_page(buyer)))


def test_a_missed_balance_is_reminded_of_before_and_after_its_day(buyer, school, local_stripe, run_task):
    deposit = school.plan(buyer.cohort, "deposit")
    buyer.come_back(local_stripe.pay(enroll(buyer, plan=deposit.public_id).location))
    local_stripe.heard()
    for days in (15, 20, 25, 25, 40, 60):
        with time_machine.travel(buyer.books().order.created_at + timedelta(days=days)):
            run_task("look_at_arrears")
    letters = buyer.books().letters
    assert [letters.count(kind) for kind in ("due.soon", "due.missed", "access.read_only")] == [1, 1, 1]
    assert str(buyer.books().enrollments[0].state) == "suspended"


def test_instalments_two_months_apart_are_charged_two_months_apart(buyer, school, local_stripe, work, run_task):
    plan = school.plan(buyer.cohort, "instalments", instalments=2, every_months=2)
    buyer.come_back(local_stripe.pay(enroll(buyer, plan=plan.public_id).location))
    run_task("follow_plans")
    a_month_on(local_stripe, work)
    assert charges(buyer) == [240000]
    a_month_on(local_stripe, work, 5)
    assert charges(buyer) == [240000] * 2


def test_an_order_of_which_parts_are_open_is_not_called_paid(on_plan, finance):
    mine = text(on_plan.client.get("/account/payments"))
    assert "1 of 4 parts paid" in mine
    for page in ("/staff/orders", f"/staff{order_page(on_plan)}"):
        assert "1 of 4 parts paid" in text(finance.get(page))
