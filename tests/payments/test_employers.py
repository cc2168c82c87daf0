"""An employer pays by invoice: numbered, held to its day, paid in parts or too much, asked for again, or cancelled."""

from __future__ import annotations

import random
import threading
from datetime import timedelta

import pytest
import time_machine

from foundation.db import db
from tests.payments.conftest import new_buyer
from tests.payments.test_prices import text

BILL = {
    "company": "Marlow Freight",
    "address": "4 Dock Road\nPortland, Maine",
    "tax_number": "US-77",
    "purchase_order": "PO-1881",
    "billing_email": "accounts.marlow@example.com",
}


@pytest.fixture
def by_invoice(buyer, school):
    return school.plan(buyer.cohort, "invoice", title="My employer pays", invoice_days=30)


def order_by_invoice(buyer, plan, **wishes):
    typed = {"agreed": "y", "plan": plan.public_id} | BILL | wishes
    return buyer.client.submit(f"/enroll/{buyer.cohort.code}", typed)


def invoices(app):
    from payments.models import Invoice

    with app.app_context():
        found = db.session.query(Invoice).order_by(Invoice.id).all()
        db.session.expunge_all()
        return found


@pytest.fixture
def invoiced(buyer, by_invoice):
    assert order_by_invoice(buyer, by_invoice).status_code == 303
    return buyer


def page_of(app):
    return f"/staff/invoices/{invoices(app)[-1].public_id}"


def pay(app, finance, amount, **wishes):
    page = page_of(app)
    typed = {"amount": amount, "on": "2026-11-01", "reference": "TRX-9"} | wishes
    return finance.submit(f"{page}/transfers", typed, on=page)


def state(app):
    return str(invoices(app)[-1].state)


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
    with time_machine.travel(invoiced.books().order.created_at + timedelta(hours=2)):
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
        thread.join(60)
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


def test_where_the_plan_says_so_they_are_in_at_once_and_a_missed_day_closes_the_course(app, buyer, school, run_task):
    plan = school.plan(buyer.cohort, "invoice", title="Employer", invoice_days=14, lets_in=True)
    order_by_invoice(buyer, plan)
    books = buyer.books()
    assert [str(e.state) for e in books.enrollments] == ["active"]
    assert (books.seats, books.state) == (["taken"], "invoiced")
    assert "enrollment.welcome" in books.letters
    with time_machine.travel(books.order.created_at + timedelta(days=14 + 60)):
        run_task("look_at_arrears")
    assert str(buyer.books().enrollments[0].state) == "suspended"


def test_paying_opens_the_course_again(app, buyer, school, finance, run_task):
    plan = school.plan(buyer.cohort, "invoice", title="Employer", invoice_days=14, lets_in=True)
    order_by_invoice(buyer, plan)
    with time_machine.travel(buyer.books().order.created_at + timedelta(days=74)):
        run_task("look_at_arrears")
    pay(app, finance, "4800")
    assert str(buyer.books().enrollments[0].state) == "active"
    assert buyer.books().letters.count("enrollment.welcome") == 1


def test_an_overdue_invoice_is_asked_for_step_by_step_and_each_step_once(app, invoiced, run_task):
    made = invoiced.books().order.created_at
    told = []
    for days in (1, 23.5, 24, 31.5, 32, 45, 59, 66):
        with time_machine.travel(made + timedelta(days=days)):
            run_task("look_at_arrears")
            run_task("look_at_arrears")
        told.append(invoiced.books().letters.count("invoice.reminder"))
    assert told[0] == 0
    assert told[-1] == 4
    assert invoiced.books().letters.count("order.invoice_late") == 1
    assert "invoice.overdue" in invoiced.books().tasks


def test_a_worker_that_slept_for_a_month_writes_once_and_not_four_times(app, invoiced, run_task):
    with time_machine.travel(invoiced.books().order.created_at + timedelta(days=50)):
        run_task("look_at_arrears")
    assert invoiced.books().letters.count("invoice.reminder") == 1


def test_a_cancelled_invoice_has_a_credit_note_and_frees_the_seat(app, invoiced, finance):
    from payments.models import CreditNote

    page = page_of(app)
    finance.submit(f"{page}/cancel", {"reason": "They pay by card"}, on=page)
    finance.post(f"{page}/cancel", data={"reason": "again"})
    books = invoiced.books()
    assert (state(app), books.state, books.seats) == ("cancelled", "cancelled", ["released"])
    with app.app_context():
        note = db.session.query(CreditNote).one()
        assert (note.cents, note.refund_id, note.facts["name"]) == (480000, None, "Marlow Freight")
    order = books.order.public_id
    assert invoiced.client.get(f"/orders/{order}/credit-notes/{note.number}.pdf").data.startswith(b"%PDF")
    assert books.letters.count("invoice.cancelled") == 2


def test_what_had_come_of_a_cancelled_invoice_goes_back(app, invoiced, finance):
    pay(app, finance, "800")
    page = page_of(app)
    finance.submit(f"{page}/cancel", {"reason": "The company is gone"}, on=page)
    books = invoiced.books()
    assert books.state == "paid_no_seat"
    assert "order.paid_no_seat" in books.tasks
    refund = text(finance.get(f"/staff/orders/{books.order.public_id}/refund"))
    assert 'value="800"' in refund


def test_money_for_a_cancelled_invoice_is_never_silently_kept(app, invoiced, finance):
    page = page_of(app)
    finance.submit(f"{page}/cancel", {"reason": "They pay by card"}, on=page)
    pay(app, finance, "4800")
    books = invoiced.books()
    assert (state(app), books.state) == ("cancelled", "paid_no_seat")
    assert "order.paid_no_seat" in books.tasks


def test_money_after_the_hold_finds_a_seat_or_a_person_decides(app, school, invoiced, finance):
    from enrollment.models import Cohort, Seat

    with app.app_context():
        db.session.get_one(Cohort, invoiced.cohort.id).seats = 0
        seat = db.session.query(Seat).one()
        seat.held_until = seat.created_at
        db.session.commit()
    pay(app, finance, "4800")
    assert invoiced.books().state == "paid_no_seat"
    assert invoiced.books().enrollments == []


def test_numbers_have_no_gaps_also_when_an_order_is_undone(app, school):
    cohort = school.cohort(seats=9)
    plan = school.plan(cohort, "invoice", title="Employer", invoice_days=30)
    for number in range(3):
        buyer = new_buyer(app, school, cohort, f"Person {number}")
        order_by_invoice(buyer, plan, company="" if number == 1 else "Acme")
    assert [one.number[-5:] for one in invoices(app)] == ["00001", "00002"]


def test_the_list_shows_what_is_not_paid_and_finds_it_by_purchase_order(app, school, invoiced, finance, queries):
    for words in ("PO-1881", "Marlow", "accounts.marlow", invoices(app)[0].number):
        assert "Marlow Freight" in text(finance.get("/staff/invoices", query_string={"words": words}))
    assert "No invoice fits" in text(finance.get("/staff/invoices?words=nobody"))
    for sort in ("number", "-company", "due", "-amount", "nonsense"):
        assert "Marlow Freight" in text(finance.get(f"/staff/invoices?sort={sort}"))
    with queries() as asked:
        finance.get("/staff/invoices")
    assert asked.count <= 8, "\n".join(asked.sent)
    assert "480000" not in text(finance.get("/staff/invoices?format=csv"))
    assert "4800.00" in text(finance.get("/staff/invoices?format=csv"))
    pay(app, finance, "4800")
    assert "No invoice is open" in text(finance.get("/staff/invoices"))
    assert "Marlow Freight" in text(finance.get("/staff/invoices?state=paid"))


def test_only_finance_sees_invoices(app, school, invoiced):
    client = app.test_client().sign_in(school.user("Reg", "registrar"))
    assert client.get("/staff/invoices").status_code == 403
    assert client.get(page_of(app)).status_code == 403


def test_a_persons_page_holds_the_invoice_and_what_is_open_of_it(app, invoiced, finance):
    page = text(finance.get(f"/staff/people/{invoiced.user.id}/money"))
    assert invoices(app)[0].number in page
    assert page.count("$4,800") >= 2


def test_finance_puts_the_way_to_pay_on_offer(app, school, buyer, finance):
    page = f"/staff/prices/cohorts/{buyer.cohort.code}"
    typed = {"kind": "invoice", "title": "My employer pays", "total": "4800", "invoice_days": "21", "lets_in": "y"}
    finance.submit(page, typed, on=page)
    told = text(buyer.client.get(f"/enroll/{buyer.cohort.code}"))
    assert "If your employer pays" in told
    assert "You are let in at once" in told
    answer = finance.submit(page, typed | {"invoice_days": "500"}, on=page)
    assert 'id="invoice_days-error"' in text(answer)


def test_the_nightly_comparison_finds_nothing_to_complain_about(app, invoiced, finance):
    from payments.comparing import differences

    for amount in ("300", "4500"):
        pay(app, finance, amount)
        with app.app_context():
            assert list(differences()) == []


def test_staff_wait_with_reminders_until_a_day(app, invoiced, finance, run_task):
    page, made = page_of(app), invoiced.books().order.created_at
    patience = f"/staff/orders/{invoiced.books().order.public_id}/patience"
    until = (made + timedelta(days=60)).date().isoformat()
    sent = finance.submit(patience, {"until": until, "reason": "Their budget year", "back": "invoice"}, on=page)
    assert sent.location.startswith(page)
    with time_machine.travel(made + timedelta(days=50)):
        run_task("look_at_arrears")
    assert invoiced.books().letters.count("invoice.reminder") == 0
    with time_machine.travel(made + timedelta(days=62)):
        run_task("look_at_arrears")
    assert invoiced.books().letters.count("invoice.reminder") == 1


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_to_an_invoice_the_books_tell_one_story(app, invoiced, finance, school, seed):
    """A history by chance: transfers of any size, refunds, a cancellation, clicks made twice."""
    from foundation.errors import Refused
    from payments import refunding
    from payments.comparing import differences
    from payments.employers import cancelling, recording
    from payments.models import EnrollmentOrder, Invoice, MoneyEntry, Payment, Refund
    from payments.persons.tallying import tallies

    dice, actor = random.Random(seed), school.user("Fin", "finance")

    def transfer(order):
        cents = dice.choice([1, 99, 50000, 240000, order.amount_cents, 7 * order.amount_cents])
        seen = dice.choice([recording.received(order.id)[0], 0])
        told = recording.Transfer(cents, order.created_at.date() - timedelta(days=1), "")
        recording.take_in(order.invoice.id, told, seen=seen, actor=actor, at=school.now())

    def cancel(order):
        cancelling.cancel(order.invoice.id, reason="By chance", actor=actor, at=school.now())

    def give_back(order):
        left = refunding.refundable(order).cents
        refunding.ask(order.id, dice.randint(1, max(left, 1)), reason="By chance", actor=actor, at=school.now())

    def send(order):
        for asked in db.session.query(Refund).filter_by(order_id=order.id):
            refunding.sent_by_bank(asked, "OUT", actor=actor, at=school.now())

    for _ in range(14):
        with app.app_context():
            order = db.session.query(EnrollmentOrder).one()
            try:
                dice.choice([transfer, transfer, transfer, give_back, send, cancel])(order)
                db.session.commit()
            except Refused:
                db.session.rollback()
            assert [d for d in differences() if d.kind != "not_enrolled"] == []
            came = sum(payment.cents for payment in db.session.query(Payment))
            entries = db.session.query(MoneyEntry).all()
            (one,) = tallies([order], entries)
            invoice = db.session.query(Invoice).one()
            assert one.paid.cents == came
            assert one.stays.cents == sum(entry.cents for entry in entries) >= 0
            assert (str(invoice.state) == "paid") <= (came >= invoice.cents)
            assert (str(invoice.state) == "part_paid") <= (0 < came < invoice.cents)


def test_a_copied_cohort_is_sold_by_invoice_too(app, school, buyer):
    from enrollment.models import Cohort
    from payments.models import PricePlan
    from payments.pricing.copying import copy_plans

    school.plan(buyer.cohort, "invoice", title="Employer", invoice_days=21, lets_in=True)
    other, keeper = school.cohort(seats=2, code="copied"), school.user("Fin", "finance")
    with app.app_context():
        old, new = (db.session.get_one(Cohort, one.id) for one in (buyer.cohort, other))
        copy_plans(old, new, keeper, school.now())
        db.session.commit()
        made = db.session.query(PricePlan).filter_by(cohort_id=other.id).one()
        assert (made.invoice_days, made.lets_in) == (21, True)


def test_an_invoice_for_a_cohort_that_was_called_off_is_put_before_staff_and_not_asked_for(app, invoiced, run_task):
    from enrollment.models import Cohort

    with app.app_context():
        db.session.get_one(Cohort, invoiced.cohort.id).cancelled_at = invoiced.books().order.created_at
        db.session.commit()
    for days in (1, 40):
        with time_machine.travel(invoiced.books().order.created_at + timedelta(days=days)):
            run_task("look_at_arrears")
    assert invoiced.books().letters.count("invoice.reminder") == 0
    assert invoiced.books().tasks.count("invoice.overdue") == 1
