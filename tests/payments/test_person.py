"""One page tells all of a person's money, and its sums are the ledger's."""

from __future__ import annotations

import pytest

from foundation.db import db
from tests.payments.conftest import new_buyer
from tests.payments.test_prices import enroll, text
from tests.payments.test_refunds import refund


@pytest.fixture
def paid(buyer, local_stripe):
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    return buyer


@pytest.fixture
def half_paid(buyer, school, local_stripe):
    """The deposit of $500 is paid, $4,300 are open."""
    deposit = school.plan(buyer.cohort, "deposit")
    buyer.come_back(local_stripe.pay(enroll(buyer, plan=deposit.public_id).location))
    return buyer


def page_of(buyer):
    return f"/staff/people/{buyer.user.id}/money"


def test_the_page_adds_up_to_the_ledger(app, paid, finance):
    from payments.models import EnrollmentOrder, MoneyEntry
    from payments.persons.tallying import tallies

    refund(finance, paid, "1000.50")
    with app.app_context():
        entries = db.session.query(MoneyEntry).all()
        (one,) = tallies(db.session.query(EnrollmentOrder).all(), entries)
        assert one.stays.cents == sum(e.cents for e in entries if str(e.kind) != "fee") == 480000 - 100050
    page = text(finance.get(page_of(paid)))
    assert page.count("$3,799.50") == 1
    assert all(f"${sum_}" in page for sum_ in ("4,800", "1,000.50"))


def test_a_part_is_let_go_as_a_scholarship_from_the_persons_page(app, half_paid, finance):
    from payments.models import Waiver

    sent = finance.submit(
        f"/staff/orders/{half_paid.books().order.public_id}/parts/2/let-go",
        {"how": "all", "kind": "scholarship", "reason": "The board's scholarship", "back": "person"},
    )
    assert sent.location.startswith(page_of(half_paid))
    with app.app_context():
        (line,) = db.session.query(Waiver).all()
        assert (str(line.kind), line.cents, line.given_by.name) == ("scholarship", 430000, "Fin Ance")
    page = text(finance.get(page_of(half_paid)))
    assert "The board&#39;s scholarship" in page
    statement = text(half_paid.client.get("/account/payments/statement"))
    assert "Scholarship" in statement
    assert "Still open: $0" in statement


def test_a_waiver_is_taken_back_by_a_line_of_its_own(app, half_paid, finance):
    from payments.models import Waiver

    order = f"/staff/orders/{half_paid.books().order.public_id}"
    page = f"{order}/parts/2/let-go"
    typed = finance.hidden(page, page) | {"how": "all", "reason": "By mistake"}
    assert [finance.post(page, data=typed).status_code for _ in range(2)] == [303, 422]
    finance.submit(f"{order}/waive", {"number": "2", "reason": "It was a mistake"}, on=page_of(half_paid))
    with app.app_context():
        assert [line.cents for line in db.session.query(Waiver).order_by(Waiver.id)] == [430000, -430000]
    assert "Still open: $4,300" in text(half_paid.client.get("/account/payments/statement"))


def test_what_went_back_is_not_charged_any_more(paid, finance):
    refund(finance, paid, "4800")
    statement = text(paid.client.get("/account/payments/statement"))
    assert "Given back" in statement
    assert "Still open: $0" in statement


@pytest.mark.parametrize("number", [0, 1])
def test_each_paper_can_be_sent_again(paid, finance, number):
    from payments.models import CreditNote

    refund(finance, paid, "100")
    with paid.app.app_context():
        paper = [paid.books().receipts[0], db.session.query(CreditNote).one().number][number]
    address = f"/staff/orders/{paid.books().order.public_id}/receipt"
    before = paid.books().letters
    finance.submit(address, {"paper": paper, "back": "person"}, on=page_of(paid))
    again = list(paid.books().letters)
    for kind in before:
        again.remove(kind)
    assert again == [["order.paid", "order.refunded"][number]]


def test_a_paper_that_is_not_there_is_not_sent(paid, finance):
    finance.submit(
        f"/staff/orders/{paid.books().order.public_id}/receipt", {"paper": "CN-1999-00001"}, on=page_of(paid)
    )
    assert paid.books().letters.count("order.refunded") == 0


def test_the_page_is_read_in_a_few_statements_however_much_there_is(
    app, school, half_paid, finance, queries, local_stripe
):
    other = new_buyer(app, school, school.cohort(seats=2), "Somebody Else")
    other.user, other.client = half_paid.user, half_paid.client
    other.come_back(local_stripe.pay(other.enroll()))
    with queries() as asked:
        page = text(finance.get(page_of(half_paid)))
    assert page.count("Refund ") >= 2
    assert asked.count <= 8, "\n".join(asked.sent)


def test_somebody_without_money_has_a_page_that_says_so(app, school, finance):
    user = school.user("Nobody Yet")
    assert "No money yet" in text(finance.get(f"/staff/people/{user.id}/money"))
    assert finance.get("/staff/people/999999/money").status_code == 404


def test_only_finance_sees_a_persons_money(app, school, paid):
    client = app.test_client().sign_in(school.user("Reg", "registrar"))
    assert client.get(page_of(paid)).status_code == 403
    assert "/money" not in text(client.get(f"/staff/people/{paid.user.id}"))


def test_every_door_leads_to_the_money(app, school, paid):
    owner = app.test_client().sign_in(school.user("The Owner", "owner"))
    order = paid.books().order
    for door in (
        "/staff/people",
        f"/staff/people/{paid.user.id}",
        "/staff/orders",
        f"/staff/orders/{order.public_id}",
        f"/staff/cohorts/{paid.cohort.code}",
    ):
        assert page_of(paid) in text(owner.get(door)), door
