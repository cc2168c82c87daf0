"""A seat is bought once, whichever way the news of the payment travels."""

from __future__ import annotations

import itertools
import threading
from datetime import timedelta

import pytest
import time_machine

from tests.payments.conftest import new_buyer, path_of
from tests.payments.sandbox.driver import BANK_CLEARS

ONCE = ["enrollment.welcome", "order.paid"]


def is_in_once(books):
    assert books.state == "paid"
    assert len(books.enrollments) == 1
    assert books.seats == ["taken"]
    assert len(books.receipts) == 1
    assert books.letters == ONCE
    assert [kind for kind, _ in books.money] == ["charge", "fee"]


def test_whoever_pays_is_in_with_one_seat_one_receipt_and_two_letters(buyer, local_stripe):
    page = buyer.come_back(local_stripe.pay(buyer.enroll()))
    assert "You are in" in page.get_data(as_text=True)
    is_in_once(buyer.books())


def test_a_closed_tab_is_paid_by_the_webhook_alone(buyer, local_stripe, work):
    local_stripe.pay(buyer.enroll())
    local_stripe.heard()
    work()
    is_in_once(buyer.books())


def test_when_the_webhook_never_comes_the_page_after_payment_settles(buyer, local_stripe, work):
    local_stripe.faults(drop=True)
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    assert work() == 0
    is_in_once(buyer.books())


def test_when_neither_webhook_nor_buyer_comes_the_reconciler_settles_within_fifteen_minutes(
    app, buyer, local_stripe, run_task
):
    local_stripe.faults(drop=True)
    local_stripe.pay(buyer.enroll())
    with time_machine.travel(buyer.books().order.created_at + timedelta(minutes=14)):
        assert run_task("reconcile_orders") == 1
    is_in_once(buyer.books())


def test_webhook_landing_page_and_reconciler_at_once_let_in_once(app, buyer, local_stripe, work, run_task):
    sent_to = local_stripe.pay(buyer.enroll())
    local_stripe.heard()
    start, failures = threading.Barrier(25), []

    def land():
        client = app.test_client().sign_in(buyer.user)
        assert client.get(path_of(sent_to)).status_code == 303

    def told():
        from payments import gateway, settling

        with app.app_context():
            from foundation.clock import now
            from foundation.db import db

            order = buyer.books().order
            session = gateway.retrieve_session(buyer.books().attempts[0].session_id)
            settling.settle(order.id, session, at=now())
            db.session.commit()

    def reconcile():
        from foundation.clock import now
        from foundation.db import db
        from payments import reconciling

        with app.app_context():
            for _ in reconciling.check_each([buyer.books().order.id], at=now()):
                db.session.commit()

    def run(job):
        start.wait()
        try:
            job()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in [*[land] * 12, *[told] * 12, reconcile]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    work()
    is_in_once(buyer.books())


def test_an_event_that_comes_twice_is_kept_and_done_once(buyer, local_stripe, work):
    local_stripe.faults(duplicate=True)
    local_stripe.pay(buyer.enroll())
    assert len(local_stripe.heard("checkout.session.completed")) == 2
    assert work() == len({d["event_id"] for d in local_stripe.deliveries()})
    is_in_once(buyer.books())


def test_two_event_ids_for_one_change_do_what_one_does(buyer, local_stripe, work):
    local_stripe.faults(twin_event=True)
    local_stripe.pay(buyer.enroll())
    assert len(local_stripe.heard("checkout.session.completed")) == 2
    work()
    is_in_once(buyer.books())


def test_a_webhook_that_comes_before_we_know_the_session_finds_its_order(app, buyer, local_stripe, work):
    """The answer to our call was lost, yet the session exists, is paid, and tells of itself."""
    local_stripe.faults(answer_lost={"times": 3, "path": "/v1/checkout/sessions"})
    assert "/orders/" in buyer.enroll()
    assert buyer.books().attempts[0].session_id is None
    with app.app_context():
        from payments import gateway

        made = buyer.books().attempts[0]
        url = gateway.create_session(made.params, key=made.idempotency_key)["url"]
    local_stripe.pay(url)
    local_stripe.heard()
    work()
    is_in_once(buyer.books())
    assert buyer.books().attempts[0].session_id


def test_a_lost_answer_is_asked_for_again_and_gives_the_same_session(buyer, local_stripe):
    local_stripe.faults(answer_lost={"times": 3, "path": "/v1/checkout/sessions"})
    order_page = buyer.enroll()
    said = buyer.client.get(order_page).get_data(as_text=True)
    assert "Nothing was charged" in said
    first = buyer.client.submit(f"{order_page}/pay", on=order_page)
    again = buyer.client.submit(f"{order_page}/pay", on=order_page)
    assert first.location == again.location
    assert "/orders/" not in first.location
    assert len(buyer.books().attempts) == 1


def test_a_second_click_gives_the_same_session_and_one_order(buyer, local_stripe):
    token = buyer.client.token(f"/enroll/{buyer.cohort.code}")
    pages, clicks = [], []
    for _ in range(2):
        client = buyer.app.test_client().sign_in(buyer.user)
        token = client.token(f"/enroll/{buyer.cohort.code}")
        clicks.append((client, token))

    def click(client, token):
        sent = {"agreed": "y", "csrf_token": token}
        pages.append(client.post(f"/enroll/{buyer.cohort.code}", data=sent).location)

    threads = [threading.Thread(target=click, args=pair) for pair in clicks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(pages)) == 1
    assert len(buyer.books().orders) == 1
    assert len(buyer.books().attempts) == 1


@pytest.mark.parametrize("fault", ["api_429", "api_500"])
def test_when_stripe_is_busy_nothing_is_lost_and_the_seat_stays(buyer, local_stripe, fault):
    with local_stripe.recorder.looking_away():
        local_stripe.faults(**{fault: {"times": 3, "path": "/v1/checkout/sessions"}})
        order_page = buyer.enroll()
        local_stripe.no_faults()
    assert "try again" in buyer.client.get(order_page).get_data(as_text=True).lower()
    assert buyer.books().seats == ["held"]
    local_stripe.pay(buyer.client.submit(f"{order_page}/pay", on=order_page).location)


def test_a_delayed_payment_keeps_its_seat_for_days_and_then_lets_in(buyer, local_stripe, work):
    buyer.come_back(local_stripe.pay_by_bank(buyer.enroll(), BANK_CLEARS["usd"]))
    local_stripe.heard()
    work()
    assert buyer.books().state == "processing"
    assert not buyer.books().enrollments
    with time_machine.travel(buyer.books().order.created_at + timedelta(days=3)):
        assert buyer.books().seats == ["held"]
    local_stripe.clear(buyer.books().attempts[0].session_id)
    local_stripe.heard()
    work()
    books = buyer.books()
    assert books.state == "paid"
    assert books.letters == [*ONCE, "order.processing"]


def test_a_delayed_payment_that_fails_frees_the_seat_and_says_so_once(buyer, local_stripe, work):
    buyer.come_back(local_stripe.pay_by_bank(buyer.enroll()))
    local_stripe.faults(duplicate=True)
    local_stripe.fail(buyer.books().attempts[0].session_id)
    local_stripe.heard()
    work()
    books = buyer.books()
    assert books.state == "failed"
    assert books.seats == ["released"]
    assert not books.enrollments
    assert books.letters == ["order.failed", "order.processing"]


def permutations_of_a_delayed_payment():
    return list(itertools.permutations(["checkout.session.completed", "checkout.session.async_payment_succeeded"]))


@pytest.mark.parametrize("sequence", permutations_of_a_delayed_payment())
def test_events_out_of_order_end_the_same(app, buyer, local_stripe, work, sequence, shuffle_events):
    local_stripe.pay_by_bank(buyer.enroll())
    local_stripe.clear(buyer.books().attempts[0].session_id)
    local_stripe.heard()
    shuffle_events(sequence)
    work()
    books = buyer.books()
    assert books.state == "paid"
    assert len(books.enrollments) == len(books.receipts) == 1
    assert books.letters == ONCE


@pytest.mark.parametrize("first", ["checkout.session.completed", "checkout.session.expired"])
def test_an_expiry_told_after_or_before_the_payment_changes_nothing(buyer, local_stripe, work, first, forge_event):
    """Stripe may tell of things in any order; what it says when asked is what counts."""
    local_stripe.pay(buyer.enroll())
    local_stripe.heard()
    forge_event("checkout.session.expired", buyer.books().attempts[0].session_id, before=first.endswith("expired"))
    work()
    is_in_once(buyer.books())


def test_two_buyers_for_the_last_seat_make_one_session(app, school, local_stripe):
    cohort = school.cohort(seats=1)
    buyers = [new_buyer(app, school, cohort, name) for name in ("Ana Lima", "Bo Chen")]
    start, answers = threading.Barrier(2), []

    def run(one):
        token = one.client.token(f"/enroll/{cohort.code}")
        start.wait()
        answers.append(one.client.post(f"/enroll/{cohort.code}", data={"agreed": "y", "csrf_token": token}))

    threads = [threading.Thread(target=run, args=(one,)) for one in buyers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    refused = next(answer for answer in answers if answer.status_code == 422).get_data(as_text=True)
    assert "The last seat has just gone" in refused
    assert len(buyers[0].books().attempts) == 1


def test_after_an_unpaid_hour_the_seat_is_sold_again(app, school, local_stripe, run_task):
    cohort = school.cohort(seats=1)
    slow, quick = new_buyer(app, school, cohort, "Ana Lima"), new_buyer(app, school, cohort, "Bo Chen")
    slow.enroll()
    with time_machine.travel(slow.books().order.created_at + timedelta(hours=1)):
        run_task("reconcile_orders")
        assert slow.books().state == "expired"
        assert quick.enroll().startswith(local_stripe.base_url)
    assert sorted(slow.books().seats) == ["held", "released"]


def test_money_after_the_seat_has_gone_is_told_to_the_buyer_and_to_staff(app, school, local_stripe, work):
    cohort = school.cohort(seats=1)
    late, other = new_buyer(app, school, cohort, "Ana Lima"), new_buyer(app, school, cohort, "Bo Chen")
    back = local_stripe.pay(late.enroll())
    with time_machine.travel(late.books().order.created_at + timedelta(minutes=36)):
        with app.app_context():
            from foundation.clock import now
            from foundation.db import db
            from payments import ordering
            from payments.models import OrderState

            ordering.give_up(late.books().order.id, OrderState.EXPIRED, at=now())
            db.session.commit()
        with app.app_context():
            from enrollment import enrolling, seating
            from enrollment.models import Cohort

            taken = seating.take(db.session.get_one(Cohort, cohort.id), ref="gift:1", at=now())
            enrolling.activate(db.session.merge(other.user), db.session.get_one(Cohort, cohort.id), taken, at=now())
            db.session.commit()
        late.come_back(back)
    books = late.books()
    assert books.state == "paid_no_seat"
    assert books.tasks == ["order.paid_no_seat"]
    assert books.letters == ["order.paid_no_seat"]
    assert len(books.enrollments) == 1
    said = late.client.get(f"/orders/{books.order.public_id}").get_data(as_text=True)
    assert "Paid, but the cohort is full" in said


def test_a_paid_session_of_a_cheap_order_does_not_pay_a_dear_one(app, school, local_stripe):
    user = school.user("Ana Lima")
    cheap, dear = school.cohort(price_cents=10000), school.cohort(price_cents=900000)
    from tests.payments.conftest import Buyer

    client = app.test_client().sign_in(user)
    back = local_stripe.pay(Buyer(app, client, user, cheap).enroll())
    Buyer(app, client, user, dear).enroll()
    wanted = Buyer(app, client, user, dear).books().orders[1]
    answer = client.get(f"/orders/{wanted.public_id}?{back.split('?')[1]}")
    assert answer.status_code == 400
    books = Buyer(app, client, user, dear).books()
    assert [str(order.state) for order in books.orders] == ["pending", "pending"]
    assert not books.enrollments


def test_an_amount_that_does_not_fit_lets_nobody_in_and_asks_staff(app, buyer, local_stripe):
    page = buyer.enroll()
    with app.app_context():
        from foundation.db import db
        from payments.models import EnrollmentOrder

        db.session.get_one(EnrollmentOrder, buyer.books().order.id).amount_cents = 999900
        db.session.commit()
    buyer.come_back(local_stripe.pay(page))
    books = buyer.books()
    assert books.state == "review"
    assert books.tasks == ["order.review"]
    assert not books.enrollments
    assert not books.letters


def test_cancelling_ends_the_session_first_and_then_frees_the_seat(buyer, local_stripe, work):
    page = buyer.enroll()
    order = buyer.books().order
    buyer.client.submit(f"/orders/{order.public_id}/cancel", on=f"/orders/{order.public_id}")
    assert buyer.books().state == "cancelled"
    assert buyer.books().seats == ["released"]
    assert local_stripe.submit(page).status_code != 303
    local_stripe.heard()
    work()
    assert buyer.books().state == "cancelled"
    assert buyer.enroll()
    assert len(buyer.books().orders) == 2


def test_cancelling_what_was_paid_meanwhile_lets_in_instead(buyer, local_stripe):
    local_stripe.pay(buyer.enroll())
    order = buyer.books().order
    buyer.client.submit(f"/orders/{order.public_id}/cancel", on=f"/orders/{order.public_id}")
    assert buyer.books().state == "paid"
