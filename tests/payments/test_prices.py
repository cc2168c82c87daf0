"""A buyer chooses how to pay, and pays just what was on offer."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tests.payments.conftest import new_buyer
from tests.payments.test_refunds import refund
from tests.turning import travel


def enroll(buyer, **chosen):
    return buyer.client.submit(f"/enroll/{buyer.cohort.code}", {"agreed": "y", **chosen})


def text(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def deposit(buyer, school):
    return school.plan(buyer.cohort, "deposit", title="Deposit, then the balance")


@pytest.fixture
def deposited(buyer, deposit, local_stripe):
    """Somebody who has paid the deposit and owes the balance."""
    buyer.come_back(local_stripe.pay(enroll(buyer, plan=deposit.public_id).location))
    return buyer


def order_page(buyer):
    return f"/orders/{buyer.books().order.public_id}"


def pay_balance(buyer, local_stripe):
    buyer.come_back(local_stripe.pay(buyer.client.submit(f"{order_page(buyer)}/pay", on=order_page(buyer)).location))


def test_without_plans_a_cohort_is_sold_in_full_at_its_list_price(buyer):
    page = text(buyer.client.get(f"/enroll/{buyer.cohort.code}"))
    assert "$4,800" in page
    assert "How you pay" not in page


def test_the_page_says_what_is_paid_today_and_what_later(buyer, deposit):
    page = text(buyer.client.get(f"/enroll/{buyer.cohort.code}"))
    assert "$500 today and $4,300 on" in page


def test_a_deposit_lets_in_and_the_balance_is_paid_on_the_orders_page(deposited, local_stripe):
    books = deposited.books()
    assert (books.state, [str(e.state) for e in books.enrollments]) == ("paid", ["active"])
    assert "Pay the balance: $4,300" in text(deposited.client.get(order_page(deposited)))
    pay_balance(deposited, local_stripe)
    books = deposited.books()
    assert [cents for kind, cents in books.money if kind == "charge"] == [50000, 430000]
    assert len(books.receipts) == 2
    assert books.letters == ["due.paid", "enrollment.welcome", "order.paid"]
    assert "Pay the balance" not in text(deposited.client.get(order_page(deposited)))


def test_the_webhook_and_the_page_bring_the_same_balance_once(deposited, local_stripe, work, run_task):
    pay_balance(deposited, local_stripe)
    local_stripe.heard()
    work()
    run_task("reconcile_orders")
    books = deposited.books()
    assert len(books.receipts) == 2
    assert books.tasks == []
    assert [kind for kind, _ in books.money].count("charge") == 2


def test_each_part_has_a_receipt_of_its_own(deposited, local_stripe):
    pay_balance(deposited, local_stripe)
    for number in (1, 2):
        answer = deposited.client.get(f"{order_page(deposited)}/receipt.pdf?number={number}")
        assert answer.data.startswith(b"%PDF")


def test_a_refund_over_two_payments_goes_back_to_both(deposited, finance, local_stripe, work):
    pay_balance(deposited, local_stripe)
    refund(finance, deposited, "4400")
    local_stripe.heard()
    work()
    books = deposited.books()
    assert sorted(cents for kind, cents in books.money if kind == "refund") == [-430000, -10000]
    refund(finance, deposited, "400")
    assert deposited.books().state == "refunded"


def test_after_a_full_refund_nothing_more_is_asked_for(deposited, finance):
    refund(finance, deposited, "500")
    page = text(deposited.client.get(order_page(deposited)))
    assert "Pay the balance" not in page
    assert "Not asked for" in page


def test_a_balance_that_a_bank_refuses_can_be_paid_again(deposited, local_stripe, work):
    sent = deposited.client.submit(f"{order_page(deposited)}/pay", on=order_page(deposited)).location
    deposited.come_back(local_stripe.pay_by_bank(sent, account="000222222227"))
    assert "Did not go through" not in text(deposited.client.get(order_page(deposited)))
    local_stripe.fail(deposited.books().attempts[1].session_id)
    local_stripe.heard()
    work()
    assert "due.failed" in deposited.books().letters
    pay_balance(deposited, local_stripe)
    assert len(deposited.books().receipts) == 2


def test_an_early_price_ends_with_its_day(app, buyer, school, local_stripe):
    early = school.plan(
        buyer.cohort, "full", title="Early bird", total_cents=420000, until_at=school.now() + timedelta(days=2)
    )
    assert "$4,200" in text(buyer.client.get(f"/enroll/{buyer.cohort.code}"))
    with travel(school.now() + timedelta(days=3)):
        late = new_buyer(app, school, buyer.cohort, "Late Comer")
        refused = enroll(late, plan=early.public_id)
        assert refused.status_code == 422
        assert "not on offer any more" in text(refused)
    buyer.come_back(local_stripe.pay(enroll(buyer, plan=early.public_id).location))
    assert [cents for kind, cents in buyer.books().money if kind == "charge"] == [420000]


def test_a_code_takes_its_share_off_before_and_at_payment(buyer, school, local_stripe):
    school.code("SPRING10")
    page = text(buyer.client.get(f"/enroll/{buyer.cohort.code}?promo=spring10"))
    assert "takes $480 off $4,800" in page
    buyer.come_back(local_stripe.pay(enroll(buyer, promo="spring 10").location))
    assert [cents for kind, cents in buyer.books().money if kind == "charge"] == [432000]


def test_a_code_of_a_hundred_per_cent_enrolls_with_no_charge(buyer, school):
    school.code("FULLRIDE", percent=100, reason="Scholarship")
    answer = enroll(buyer, promo="FULLRIDE")
    assert "/orders/" in answer.location
    books = buyer.books()
    assert (books.state, books.seats, books.money) == ("paid", ["taken"], [])
    assert len(books.enrollments) == len(books.receipts) == 1
    assert "You are in" in text(buyer.client.get(order_page(buyer)))


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"is_active": False}, "has ended"),
        ({"uses": 0}, "as often as it may be"),
        ({"email": "someone@example.com"}, "given to somebody else"),
        ({"cents": 1000, "currency": "EUR"}, "prices in EUR"),
    ],
)
def test_a_code_that_does_not_fit_is_refused_beside_its_field(buyer, school, wishes, words):
    school.code("NOPE", **wishes)
    for answer in (buyer.client.get(f"/enroll/{buyer.cohort.code}?promo=NOPE"), enroll(buyer, promo="NOPE")):
        assert words in text(answer)
        assert 'value="NOPE"' in text(answer)
    assert buyer.books().orders == []


def test_an_unknown_code_is_refused_and_sells_nothing(buyer):
    assert "know this code" in text(enroll(buyer, promo="GUESS"))
    assert buyer.books().orders == []


def test_two_buyers_at_once_use_a_code_for_one_once(app, school, local_stripe):
    cohort = school.cohort(seats=5)
    school.code("ONLYONE", uses=1)
    buyers = [new_buyer(app, school, cohort, f"Buyer {n}") for n in range(2)]
    start, answers = threading.Barrier(2), []

    def go(buyer):
        start.wait()
        answers.append(enroll(buyer, promo="ONLYONE").status_code)

    threads = [threading.Thread(target=go, args=(buyer,)) for buyer in buyers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(answers) == [303, 422]


def test_an_order_that_ends_unpaid_gives_its_code_back(app, school, buyer, local_stripe):
    school.code("ONLYONE", uses=1)
    enroll(buyer, promo="ONLYONE")
    other = new_buyer(app, school, buyer.cohort, "Second")
    assert enroll(other, promo="ONLYONE").status_code == 422
    buyer.client.submit(f"{order_page(buyer)}/cancel", on=order_page(buyer))
    assert enroll(other, promo="ONLYONE").status_code == 303
