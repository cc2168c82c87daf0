"""Whoever was let in by an employer's invoice can stop or move before it is paid, and it is said who owes what then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from enrollment.policies.terms import Measure, Step
from foundation.db import db
from payments.models import Invoice
from tests.payments.calling_off.conftest import call_off, text
from tests.payments.conftest import new_buyer
from tests.payments.employers.conftest import order_by_invoice, pay, state
from tests.turning import travel

STEPS = (Step(Measure.DAYS_BEFORE, 14, 100), Step(Measure.SHARE, 50, 50), Step(Measure.AFTERWARDS, 0, 0))


@pytest.fixture
def program(school):
    made = school.program(slug="practitioner")
    school.policy(made, steps=STEPS)
    return made


def let_in(app, school, cohort):
    buyer = new_buyer(app, school, cohort)
    plan = school.plan(cohort, "invoice", title="Employer", invoice_days=14, lets_in=True)
    assert order_by_invoice(buyer, plan).status_code == 303
    return buyer


@pytest.fixture
def early(app, school, program):
    """Two months before the first day: the rules keep nothing."""
    return let_in(app, school, school.cohort(of=program, starts_in=60, title="Spring"))


@pytest.fixture
def late(app, school, program):
    """A third of the way: the rules keep half."""
    return let_in(app, school, school.cohort(of=program, starts_in=-20, closes_at=school.now() + timedelta(days=9)))


@pytest.fixture
def autumn(school, program):
    return school.cohort(of=program, starts_in=90, code="autumn", title="Autumn")


def page_of(buyer):
    return f"/orders/{buyer.books().order.public_id}"


def stop(buyer, **wishes):
    return buyer.client.submit(f"{page_of(buyer)}/stop", {"sure": "y"} | wishes)


def test_where_the_rules_keep_nothing_the_invoice_is_cancelled_and_nobody_owes_anything(app, early):
    assert "is cancelled, with a credit note" in text(early.client.get(f"{page_of(early)}/stop"))
    assert stop(early).status_code == 303
    books = early.books()
    assert (state(app), books.state) == ("cancelled", "cancelled")
    assert [str(one.state) for one in books.enrollments] == ["withdrawn"]
    assert books.seats == ["released"]
    assert {"enrollment.left", "invoice.cancelled"} <= set(books.letters)


def test_where_they_keep_a_part_both_are_told_it_and_staff_settle_it_before_anybody_is_asked_again(
    app, late, finance, run_task
):
    page = text(late.client.get(f"{page_of(late)}/stop"))
    assert "$2,400" in page and "stay due by the rules" in page
    assert "$2,400</b> of the price stay due" in text(late.client.get(f"{page_of(late)}/change"))
    assert stop(late, sum="0").status_code == 422
    assert stop(late).status_code == 303
    books = late.books()
    assert (state(app), books.tasks) == ("open", ["invoice.left"])
    assert "settle it with" in text(finance.get("/staff"))
    with travel(books.order.created_at + timedelta(days=13)):
        run_task("look_at_arrears")
    assert "invoice.reminder" not in late.books().letters
    assert [str(one.state) for one in late.books().enrollments] == ["withdrawn"]


def day_before(books):
    """Of the order: on every clock that day is over."""
    return (books.order.created_at - timedelta(days=1)).date().isoformat()


def test_what_the_employer_had_paid_of_it_goes_before_staff_to_be_sent_back(app, early, finance):
    pay(app, finance, "1000", on=day_before(early.books()))
    stop(early)
    books = early.books()
    assert (state(app), books.state) == ("cancelled", "paid_no_seat")
    assert "order.paid_no_seat" in books.tasks


def test_they_move_within_the_rules_and_the_invoice_goes_along(app, early, autumn, finance):
    assert early.client.submit(f"{page_of(early)}/move", {"cohort": "autumn"}).status_code == 303
    books = early.books()
    assert [(one.cohort_id, str(one.state)) for one in books.enrollments] == [(autumn.id, "active")]
    assert (state(app), books.state) == ("open", "invoiced")
    pay(app, finance, "4800", on=day_before(books))
    assert early.books().state == "paid"
    assert early.books().order.cohort_id == autumn.id


def test_a_move_for_a_fee_is_settled_by_staff_with_the_employer(app, school, program, autumn, finance):
    school.policy(program, steps=STEPS, transfer_fee_cents=15000)
    buyer = let_in(app, school, school.cohort(of=program, starts_in=60))
    answer = buyer.client.submit(f"{page_of(buyer)}/move", {"cohort": "autumn"})
    assert answer.location.endswith("/account/changes")
    assert "You have moved" not in buyer.client.get("/account/changes").text
    assert "It waits for the school" in text(buyer.client.get(f"{page_of(buyer)}/change"))
    with app.app_context():
        from payments.models import EnrollmentChange

        change = db.session.scalars(select(EnrollmentChange.public_id)).one()
    finance.submit(f"/staff/changes/{change}", {"answer": "On their next invoice", "do": "carry_out"})
    assert buyer.books().order.cohort_id == autumn.id


def test_in_a_cohort_that_was_called_off_they_choose_as_everybody_does(app, late, desk):
    cohort = late.cohort
    call_off(desk, cohort)
    assert "Money back" in text(desk.get(f"/staff/cohorts/{cohort.code}/not-chosen"))
    stop(late)
    assert state(app) == "cancelled"
    with app.app_context():
        assert db.session.scalars(select(Invoice)).one().cancelled_by_id == late.user.id
