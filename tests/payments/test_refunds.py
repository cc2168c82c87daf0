"""Money goes back once, as much as was asked, and never more than came."""

from __future__ import annotations

import pytest


@pytest.fixture
def paid(buyer, local_stripe):
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    return buyer


def refund(finance, buyer, amount, reason="Moved abroad"):
    page = f"/staff/orders/{buyer.books().order.public_id}"
    return finance.submit(f"{page}/refund", {"amount": amount, "reason": reason}, on=page)


def test_a_full_refund_ends_the_enrollment_and_frees_the_seat(paid, finance, local_stripe, work):
    assert refund(finance, paid, "4,800").status_code == 303
    local_stripe.heard()
    work()
    books = paid.books()
    assert books.state == "refunded"
    assert [str(e.state) for e in books.enrollments] == ["withdrawn"]
    assert books.seats == ["released"]
    assert books.letters.count("order.refunded") == 1
    assert [entry for entry in books.money if entry[0] == "refund"] == [("refund", -480000)]


def test_a_part_refund_keeps_the_seat_and_two_parts_are_two_lines(paid, finance, local_stripe, work):
    refund(finance, paid, "100")
    refund(finance, paid, "50.50")
    local_stripe.heard()
    work()
    books = paid.books()
    assert books.state == "part_refunded"
    assert [str(e.state) for e in books.enrollments] == ["active"]
    assert [cents for kind, cents in books.money if kind == "refund"] == [-10000, -5050]
    refund(finance, paid, "4649.50")
    assert paid.books().state == "refunded"


@pytest.mark.parametrize("amount", ["4800.01", "0", "-5", "abc", "1.234", "", "NaN"])
def test_an_impossible_amount_is_refused_beside_its_field(paid, finance, amount):
    answer = refund(finance, paid, amount)
    assert answer.status_code == 422
    assert 'id="amount-error"' in answer.get_data(as_text=True)
    assert "Moved abroad" in answer.get_data(as_text=True)


def test_a_refund_made_in_stripes_dashboard_is_in_our_books(paid, local_stripe, work):
    local_stripe.refund(paid.books().attempts[0].session_id)
    local_stripe.heard()
    work()
    assert paid.books().state == "refunded"
    assert paid.books().seats == ["released"]


def test_a_refund_that_comes_back_is_put_before_staff_and_told_to_the_buyer(paid, finance, local_stripe, work):
    refund(finance, paid, "4800")
    from payments.models import Refund

    with paid.app.app_context():
        from foundation.db import db

        stripe_id = db.session.query(Refund).one().stripe_id
    local_stripe.fail_refund(stripe_id)
    local_stripe.heard()
    work()
    books = paid.books()
    assert books.state == "paid_no_seat"
    assert "refund.failed" in books.tasks
    assert sum(cents for kind, cents in books.money if kind.startswith("refund")) == 0
    assert "order.refund_failed" in books.letters


def test_a_refund_whose_answer_was_lost_is_made_once(paid, finance, local_stripe, work, run_task):
    import time

    from tests.turning import travel

    local_stripe.faults(answer_lost={"times": 3, "path": "/v1/refunds"})
    refund(finance, paid, "100")
    with travel(time.time() + 120):
        run_task("reconcile_orders")
    local_stripe.heard()
    work()
    assert [cents for kind, cents in paid.books().money if kind == "refund"] == [-10000]


def test_only_finance_sees_orders(app, school, paid):
    client = app.test_client().sign_in(school.user("Reg", "registrar"))
    assert client.get("/staff/orders").status_code == 403
