"""While a cohort is called off Stripe charges nobody; who moves pays the rest later, who leaves has all of it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.db import db
from payments.models import OrderDue, PlanRest, Refund
from payments.plans import resting
from payments.pricing.spreading import later
from tests.payments.calling_off.conftest import STEPS, call_off
from tests.payments.conftest import new_buyer
from tests.payments.plans.conftest import a_month_on, charges, let_the_card_fail
from tests.payments.test_prices import enroll


@pytest.fixture
def program(school):
    made = school.program(slug="practitioner")
    school.policy(made, steps=STEPS, transfers=0)
    return made


@pytest.fixture
def cohort(school, program):
    return school.cohort(of=program, seats=8, starts_in=60, title="Spring")


@pytest.fixture
def autumn(school, program):
    return school.cohort(of=program, starts_in=200, code="autumn", title="Autumn")


@pytest.fixture
def plan(school, cohort):
    return school.plan(cohort, "instalments", title="Four instalments", total_cents=480000)


@pytest.fixture
def paying(app, school, cohort, plan, local_stripe, work, run_task):
    """Somebody who has paid the first of four instalments."""
    buyer = new_buyer(app, school, cohort)
    buyer.come_back(local_stripe.pay(enroll(buyer, plan=plan.public_id).location))
    run_task("follow_plans")
    local_stripe.heard()
    work()
    return buyer


@pytest.fixture
def off(paying, desk, cohort, run_task):
    """Their cohort is called off, and the worker has been at it."""
    call_off(desk, cohort)
    run_task("follow_plans")
    return paying


def at_stripe(bank, buyer):
    return bank.v1.subscriptions.retrieve(buyer.books().order.subscription_id)


def bills(bank, buyer):
    found = bank.v1.invoices.list({"subscription": buyer.books().order.subscription_id}).data
    return [bill.status for bill in reversed(found)]


def days(buyer):
    with buyer.app.app_context():
        return list(db.session.scalars(select(OrderDue.due_on).order_by(OrderDue.number)))


def move(buyer, cohort):
    page = f"/orders/{buyer.books().order.public_id}/move"
    assert buyer.client.submit(page, {"cohort": cohort.code}).status_code == 303


def stop(buyer):
    assert buyer.client.submit(f"/orders/{buyer.books().order.public_id}/stop", {"sure": "y"}).status_code == 303


def look(buyer, months):
    """What beat does, some months after the order."""
    at = buyer.books().order.created_at + timedelta(days=31 * months, hours=2)
    with buyer.app.app_context():
        for order_id in resting.to_look_at(at=at):
            for _ in resting.follow(order_id, at=at):
                db.session.commit()


def send_what_is_asked(buyer):
    """What the reconciler does about refunds, without waiting a minute."""
    from tasks.payments import send_refund

    with buyer.app.app_context():
        for refund_id in list(db.session.scalars(select(Refund.id).where(Refund.state == "asked"))):
            send_refund(refund_id)


def test_stripe_charges_nobody_while_they_choose(off, bank, local_stripe, work):
    assert at_stripe(bank, off).pause_collection.behavior == "void"
    a_month_on(local_stripe, work, 2)
    assert bills(bank, off) == ["paid", "void", "void"]
    assert charges(off) == [120000]
    assert "due.failed" not in off.books().letters


def test_whoever_moves_pays_what_is_left_as_many_months_later_and_no_more(
    off, autumn, bank, local_stripe, work, run_task
):
    first, *_ = agreed = days(off)
    a_month_on(local_stripe, work, 2)
    move(off, autumn)
    run_task("follow_plans")
    assert at_stripe(bank, off).pause_collection is None
    assert days(off) == [first, *(later(first, number + 2) for number in (1, 2, 3))] != agreed
    assert off.books().letters.count("plan.goes_on") == 1
    a_month_on(local_stripe, work, 6)
    assert charges(off) == [120000] * 4
    assert bills(bank, off).count("paid") == 4
    assert at_stripe(bank, off).status == "canceled"
    assert off.books().tasks == []


def test_a_plan_that_rests_past_its_last_month_does_not_end_meanwhile(off, autumn, bank, local_stripe, work, run_task):
    for month in range(1, 6):
        a_month_on(local_stripe, work)
        look(off, month)
    assert at_stripe(bank, off).status == "active"
    move(off, autumn)
    run_task("follow_plans")
    a_month_on(local_stripe, work, 5)
    assert charges(off) == [120000] * 4


def test_whoever_leaves_has_all_of_it_back_and_the_plan_ends(off, bank, local_stripe, work, run_task):
    stop(off)
    run_task("follow_plans")
    assert at_stripe(bank, off).status == "canceled"
    a_month_on(local_stripe, work, 2)
    assert [cents for kind, cents in off.books().money if kind == "refund"] == [-120000]
    assert charges(off) == [120000]


def test_an_instalment_that_failed_before_is_tried_no_more_and_again_with_the_plan(
    paying, cohort, autumn, desk, bank, local_stripe, work, run_task
):
    let_the_card_fail(bank, paying)
    a_month_on(local_stripe, work)
    call_off(desk, cohort)
    run_task("follow_plans")
    good = bank.v1.payment_methods.attach("pm_card_visa", {"customer": paying.books().order.customer_id})
    bank.v1.subscriptions.update(paying.books().order.subscription_id, {"default_payment_method": good.id})
    a_month_on(local_stripe, work)
    assert charges(paying) == [120000]
    move(paying, autumn)
    run_task("follow_plans")
    local_stripe.advance(2 * 3600)
    local_stripe.heard()
    work()
    assert charges(paying) == [120000] * 2
    a_month_on(local_stripe, work, 5)
    assert charges(paying) == [120000] * 4


def test_what_slipped_in_before_stripe_paused_is_counted_and_goes_back_with_the_rest(
    paying, cohort, desk, local_stripe, work, run_task
):
    call_off(desk, cohort)
    a_month_on(local_stripe, work)
    run_task("follow_plans")
    assert charges(paying) == [120000] * 2
    stop(paying)
    assert sum(cents for kind, cents in paying.books().money if kind == "refund") == -240000


def test_what_slipped_in_after_they_had_left_goes_back_by_itself_and_once(off, bank, local_stripe, work, run_task):
    stop(off)
    bank.v1.subscriptions.update(off.books().order.subscription_id, {"pause_collection": ""})
    local_stripe.faults(duplicate=True)
    a_month_on(local_stripe, work)
    work()
    run_task("follow_plans")
    send_what_is_asked(off)
    local_stripe.heard()
    work()
    assert charges(off) == [120000] * 2
    assert [cents for kind, cents in off.books().money if kind == "refund"] == [-120000] * 2
    assert off.books().state == "refunded"


@pytest.mark.parametrize("path", ["/v1/subscriptions", "/v1/invoices", "/v1/subscription_schedules"])
def test_a_worker_that_dies_between_stripes_answer_and_our_books_does_it_once(
    off, autumn, bank, local_stripe, work, run_task, path
):
    a_month_on(local_stripe, work)
    move(off, autumn)
    local_stripe.faults(answer_lost={"times": 3, "path": path})
    run_task("follow_plans")
    assert off.books().letters.count("plan.goes_on") == 0
    local_stripe.no_faults()
    run_task("follow_plans")
    run_task("follow_plans")
    assert off.books().letters.count("plan.goes_on") == 1
    a_month_on(local_stripe, work, 6)
    assert charges(off) == [120000] * 4
    assert off.books().tasks == []


def test_nothing_is_lost_when_stripe_is_silent_as_the_cohort_is_called_off(
    paying, cohort, desk, bank, local_stripe, run_task
):
    call_off(desk, cohort)
    local_stripe.faults(api_500={"times": 3, "path": "/v1/subscriptions"})
    run_task("follow_plans")
    assert at_stripe(bank, paying).pause_collection is None
    run_task("follow_plans")
    assert at_stripe(bank, paying).pause_collection.behavior == "void"


def test_a_plan_that_a_hand_in_the_dashboard_sets_going_is_paused_again_and_staff_are_told(
    off, bank, local_stripe, work, run_task
):
    bank.v1.subscriptions.update(off.books().order.subscription_id, {"pause_collection": ""})
    run_task("follow_plans")
    assert at_stripe(bank, off).pause_collection is None, "asked a moment ago, Stripe is not asked again"
    for _ in range(2):
        look(off, 1)
    assert at_stripe(bank, off).pause_collection.behavior == "void"
    assert off.books().tasks == ["order.plan_woken"]


def test_money_for_a_plan_that_comes_after_the_end_is_the_last(
    app, school, cohort, plan, desk, bank, local_stripe, work, run_task
):
    late = new_buyer(app, school, cohort)
    session = enroll(late, plan=plan.public_id).location
    call_off(desk, cohort)
    late.come_back(local_stripe.pay(session))
    run_task("follow_plans")
    a_month_on(local_stripe, work, 2)
    assert late.books().state == "paid_no_seat"
    assert charges(late) == [120000]


def test_another_cohort_that_is_called_off_too_lets_the_plan_rest_again(
    off, autumn, school, desk, bank, local_stripe, work, run_task
):
    a_month_on(local_stripe, work)
    move(off, autumn)
    run_task("follow_plans")
    a_month_on(local_stripe, work)
    assert charges(off) == [120000] * 2
    call_off(desk, autumn)
    run_task("follow_plans")
    a_month_on(local_stripe, work)
    assert charges(off) == [120000] * 2
    with off.app.app_context():
        assert db.session.scalars(select(PlanRest)).one().since is not None
