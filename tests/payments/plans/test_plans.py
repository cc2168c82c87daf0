"""Instalments are charged as agreed, never once more, and a missed one closes nothing before its time."""

from __future__ import annotations

from datetime import timedelta

from tests.payments.plans.conftest import MONTH, a_month_on, charges, second_due
from tests.payments.test_prices import enroll, order_page, text
from tests.payments.test_refunds import refund
from tests.turning import travel


def at_day(buyer, days):
    """Some days after the second instalment was due."""
    return travel(second_due(buyer) + timedelta(days=days))


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
    with travel(books.order.created_at + timedelta(minutes=2)):
        run_task("reconcile_orders")
        local_stripe.heard()
    work()
    assert [cents for kind, cents in buyer.books().money if kind == "refund"] == [-120000]


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
        with travel(buyer.books().order.created_at + timedelta(days=days)):
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
