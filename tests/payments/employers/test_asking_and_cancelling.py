"""An invoice that is not paid is asked for step by step; one that is cancelled keeps nobody's money."""

from __future__ import annotations

from datetime import timedelta

from foundation.db import db
from tests.payments.employers.conftest import order_by_invoice, page_of, pay, state
from tests.payments.test_prices import text
from tests.turning import travel


def test_where_the_plan_says_so_they_are_in_at_once_and_a_missed_day_closes_the_course(app, buyer, school, run_task):
    plan = school.plan(buyer.cohort, "invoice", title="Employer", invoice_days=14, lets_in=True)
    order_by_invoice(buyer, plan)
    books = buyer.books()
    assert [str(e.state) for e in books.enrollments] == ["active"]
    assert (books.seats, books.state) == (["taken"], "invoiced")
    assert "enrollment.welcome" in books.letters
    with travel(books.order.created_at + timedelta(days=14 + 60)):
        run_task("look_at_arrears")
    assert str(buyer.books().enrollments[0].state) == "suspended"


def test_paying_opens_the_course_again(app, buyer, school, finance, run_task):
    plan = school.plan(buyer.cohort, "invoice", title="Employer", invoice_days=14, lets_in=True)
    order_by_invoice(buyer, plan)
    with travel(buyer.books().order.created_at + timedelta(days=74)):
        run_task("look_at_arrears")
    pay(app, finance, "4800")
    assert str(buyer.books().enrollments[0].state) == "active"
    assert buyer.books().letters.count("enrollment.welcome") == 1


def test_an_overdue_invoice_is_asked_for_step_by_step_and_each_step_once(app, invoiced, run_task):
    made = invoiced.books().order.created_at
    told = []
    for days in (1, 23.5, 24, 31.5, 32, 45, 59, 66):
        with travel(made + timedelta(days=days)):
            run_task("look_at_arrears")
            run_task("look_at_arrears")
        told.append(invoiced.books().letters.count("invoice.reminder"))
    assert told[0] == 0
    assert told[-1] == 4
    assert invoiced.books().letters.count("order.invoice_late") == 1
    assert "invoice.overdue" in invoiced.books().tasks


def test_a_worker_that_slept_for_a_month_writes_once_and_not_four_times(app, invoiced, run_task):
    with travel(invoiced.books().order.created_at + timedelta(days=50)):
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


def test_staff_wait_with_reminders_until_a_day(app, invoiced, finance, run_task):
    page, made = page_of(app), invoiced.books().order.created_at
    patience = f"/staff/orders/{invoiced.books().order.public_id}/patience"
    until = (made + timedelta(days=60)).date().isoformat()
    wrong = finance.submit(patience, {"until": until, "reason": " ", "back": "invoice"}, on=page)
    assert (wrong.status_code, f'value="{until}"' in wrong.text) == (422, True)
    assert "Say why; it stays in the history." in wrong.text
    sent = finance.submit(patience, {"until": until, "reason": "Their budget year", "back": "invoice"}, on=page)
    assert sent.location.startswith(page)
    with travel(made + timedelta(days=50)):
        run_task("look_at_arrears")
    assert invoiced.books().letters.count("invoice.reminder") == 0
    with travel(made + timedelta(days=62)):
        run_task("look_at_arrears")
    assert invoiced.books().letters.count("invoice.reminder") == 1


def test_an_invoice_for_a_cohort_that_was_called_off_is_put_before_staff_and_not_asked_for(app, invoiced, run_task):
    from enrollment.models import Cohort

    with app.app_context():
        db.session.get_one(Cohort, invoiced.cohort.id).cancelled_at = invoiced.books().order.created_at
        db.session.commit()
    for days in (1, 40):
        with travel(invoiced.books().order.created_at + timedelta(days=days)):
            run_task("look_at_arrears")
    assert invoiced.books().letters.count("invoice.reminder") == 0
    assert invoiced.books().tasks.count("invoice.overdue") == 1
