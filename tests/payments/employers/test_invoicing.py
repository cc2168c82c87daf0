"""An employer pays by invoice: numbered, held to its day, paid in parts or too much, each transfer written once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from foundation.db import db
from tests.payments.employers.conftest import invoices, order_by_invoice, page_of, pay, state
from tests.payments.test_prices import text
from tests.turning import travel


def test_the_employer_is_sent_an_invoice_and_the_seat_is_held_until_it_is_due(app, invoiced):
    from enrollment.models import Seat

    (invoice,) = invoices(app)
    books = invoiced.books()
    assert invoice.number.startswith("INV-") and invoice.number.endswith("-00001")
    assert (invoice.company, invoice.cents, books.state) == ("Marlow Freight", 480000, "invoiced")
    assert books.letters == ["invoice.sent", "order.invoiced"]
    assert books.attempts == books.enrollments == books.money == []
    with app.app_context():
        held = db.session.query(Seat).one().held_until
        assert timedelta(days=29) < held - invoice.issued_at < timedelta(days=32)
    assert invoice.due_on == books.order.created_at.astimezone(invoiced.cohort.zone).date() + timedelta(days=30)


@pytest.mark.parametrize("missing", ["company", "address", "billing_email"])
def test_an_invoice_that_nobody_could_book_is_refused_beside_the_field(app, buyer, by_invoice, missing):
    answer = order_by_invoice(buyer, by_invoice, **{missing: ""})
    assert answer.status_code == 422
    assert f'id="{missing}-error"' in text(answer)
    assert ("PO-1881" in text(answer)) and not invoices(app)


def test_whoever_has_the_address_sees_the_invoice_and_its_pdf(app, client, invoiced):
    invoice = invoices(app)[0]
    page = client.get(f"/invoices/{invoice.public_id}")
    assert "How to pay $4,800" in text(page)
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert client.get(f"/invoices/{invoice.public_id}.pdf").data.startswith(b"%PDF")
    assert client.get("/invoices/nobody-knows-this-one").status_code == 404
    assert invoice.number in text(invoiced.client.get(f"/orders/{invoiced.books().order.public_id}"))


def test_paid_in_full_they_are_in_with_a_receipt_and_the_books_know_the_transfer(app, invoiced, finance):
    assert pay(app, finance, "4,800").status_code == 303
    books = invoiced.books()
    assert (state(app), books.state) == ("paid", "paid")
    assert [str(e.state) for e in books.enrollments] == ["active"]
    assert books.money == [("transfer", 480000)]
    assert len(books.receipts) == 1
    assert {"order.paid", "enrollment.welcome", "invoice.received"} <= set(books.letters)
    assert "Bank transfers" in text(finance.get("/staff/books?period=2026-11"))
    journal = text(finance.get("/staff/books/journal.txt?period=2026-11"))
    assert "Assets:Bank  4800.00 USD" in journal


def test_a_part_is_written_down_and_the_rest_stays_open(app, invoiced, finance):
    pay(app, finance, "1,000")
    assert (state(app), invoiced.books().state) == ("part_paid", "invoiced")
    assert invoiced.books().receipts == []
    assert "$3,800" in text(finance.get(page_of(app)))
    assert "$3,800" in text(finance.get(f"/staff/people/{invoiced.user.id}/money"))
    pay(app, finance, "3,800")
    assert (state(app), invoiced.books().state) == ("paid", "paid")
    assert invoiced.books().money == [("transfer", 100000), ("transfer", 380000)]


def test_too_much_is_put_before_staff_and_sent_back_by_bank(app, invoiced, finance):
    from payments.models import Refund

    pay(app, finance, "5,000")
    assert invoiced.books().state == "paid"
    assert "order.overpaid" in invoiced.books().tasks
    order = f"/staff/orders/{invoiced.books().order.public_id}"
    finance.submit(f"{order}/refund", {"amount": "200", "reason": "Paid too much", "leaves": ""}, on=f"{order}/refund")
    with app.app_context():
        refund = db.session.query(Refund).one()
        assert str(refund.state) == "asked"
    assert "goes back by bank transfer" in text(finance.get(order))
    for _ in range(2):
        finance.submit(f"{order}/refunds/{refund.id}/sent", {"reference": "OUT-1"}, on=order)
    books = invoiced.books()
    assert books.state == "paid"
    assert books.money == [("transfer", 500000), ("transfer_back", -20000)]
    assert [str(e.state) for e in books.enrollments] == ["active"]


def test_the_sweep_never_asks_stripe_for_a_refund_by_bank(app, invoiced, finance, run_task, local_stripe):
    pay(app, finance, "4800")
    order = f"/staff/orders/{invoiced.books().order.public_id}"
    finance.submit(f"{order}/refund", {"amount": "100", "reason": "Kindness", "leaves": ""}, on=f"{order}/refund")
    with travel(invoiced.books().order.created_at + timedelta(hours=2)):
        run_task("reconcile_orders")
    assert invoiced.books().money == [("transfer", 480000)]


def test_two_people_who_write_the_same_transfer_down_at_once_write_it_once(app, invoiced, school):
    from foundation.clock import now
    from foundation.errors import Refused
    from payments.employers import recording

    keeper, invoice = school.user("Fin", "finance"), invoices(app)[0]
    start, said = threading.Barrier(4), []

    def run():
        with app.app_context():
            start.wait()
            try:
                told = recording.Transfer(480000, invoice.issued_at.date(), "TRX-9")
                recording.take_in(invoice.id, told, seen=0, actor=keeper, at=now() + timedelta(days=1))
                db.session.commit()
                said.append("written")
            except Refused:
                db.session.rollback()
                said.append("refused")

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(said) == ["refused"] * 3 + ["written"]
    assert invoiced.books().money == [("transfer", 480000)]
    assert len(invoiced.books().receipts) == len(invoiced.books().enrollments) == 1


def test_a_click_made_twice_is_refused_and_says_what_has_come(app, invoiced, finance):
    pay(app, finance, "1000")
    answer = pay(app, finance, "1000", seen="0")
    assert answer.status_code == 422
    assert "$1,000 have come" in text(answer)
    assert invoiced.books().money == [("transfer", 100000)]


@pytest.mark.parametrize(
    ("typed", "field"), [({"amount": "0"}, "amount"), ({"amount": "x"}, "amount"), ({"on": "2999-01-01"}, "on")]
)
def test_an_impossible_transfer_is_refused_beside_its_field(app, invoiced, finance, typed, field):
    answer = pay(app, finance, **({"amount": "10"} | typed))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)
    assert "TRX-9" in text(answer)
