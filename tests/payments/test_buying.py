"""A seat is bought once, whichever way the news of the payment travels."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tests.payments.conftest import is_in_once, path_of
from tests.turning import travel


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
    with travel(buyer.books().order.created_at + timedelta(minutes=14)):
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
        thread.join(120)
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
    page = f"/enroll/{buyer.cohort.code}"
    pages, clicks = [], []
    for _ in range(2):
        client = buyer.app.test_client().sign_in(buyer.user)
        clicks.append((client, client.hidden(page, page) | {"agreed": "y"}))

    def click(client, sent):
        pages.append(client.post(page, data=sent).location)

    threads = [threading.Thread(target=click, args=pair) for pair in clicks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
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
