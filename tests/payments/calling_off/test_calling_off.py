"""A cohort that does not take place: whoever paid chooses another one without a fee, or all of the money back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.db import db
from tests.payments.calling_off.conftest import call_off, kinds, page_of, text
from tests.payments.conftest import new_buyer
from tests.payments.plans.conftest import overdue_since, state_of
from tests.payments.test_prices import enroll
from tests.turning import travel


def test_staff_see_what_follows_before_and_say_why(app, desk, paid, cohort):
    assert "1 person is in it" in text(desk.get(f"/staff/cohorts/{cohort.code}/call-off"))
    for lacking in ({"reason": ""}, {"sure": ""}):
        answer = call_off(desk, cohort, **lacking)
        assert answer.status_code == 422
        assert f'id="{next(iter(lacking))}-error"' in text(answer)
    assert "cohort.called_off" not in kinds(app)


def test_whoever_paid_gets_all_of_it_back_whatever_the_rules_keep(app, desk, paid, cohort):
    call_off(desk, cohort)
    order, page = text(paid.client.get(page_of(paid))), text(paid.client.get(f"{page_of(paid)}/change"))
    assert all("This cohort does not take place" in one for one in (order, page))
    assert "You are in<" not in order and "or your money back" in order
    paid.client.submit(f"{page_of(paid)}/stop", {"sure": "y"})
    books = paid.books()
    assert [cents for kind, cents in books.money if kind == "refund"] == [-480000]
    assert [str(e.state) for e in books.enrollments] == ["withdrawn"]
    assert kinds(app).count("cohort.called_off") == 1


def test_or_moves_without_a_fee_though_the_rules_allow_no_move(app, school, desk, paid, program, cohort):
    school.cohort(of=program, starts_in=90, code="autumn", title="Autumn")
    assert "as often as the rules allow" in text(paid.client.get(f"{page_of(paid)}/change"))
    call_off(desk, cohort)
    answer = paid.client.submit(f"{page_of(paid)}/move", {"cohort": "autumn"})
    assert answer.status_code == 303
    books = paid.books()
    assert [str(e.state) for e in books.enrollments] == ["active"]
    assert sum(cents for kind, cents in books.money if kind == "refund") == 0
    assert "as often as the rules allow" in text(paid.client.get(f"{page_of(paid)}/change")), "later moves do count"


def test_staff_are_proposed_the_same_sum(app, school, desk, paid, cohort):
    call_off(desk, cohort)
    finance = app.test_client().sign_in(school.user("Fin Ance", "finance"))
    page = text(finance.get(f"/staff{page_of(paid)}/refund"))
    assert "The school called this cohort off" in page and 'value="4800"' in page


def test_money_that_arrives_after_it_finds_no_seat_and_goes_before_staff(app, school, desk, cohort, local_stripe):
    late = new_buyer(app, school, cohort)
    session = late.enroll()
    call_off(desk, cohort)
    late.come_back(local_stripe.pay(session))
    books = late.books()
    assert str(books.order.state) == "paid_no_seat"
    assert books.enrollments == []


def test_nobody_buys_or_waits_for_what_does_not_take_place(app, client, school, desk, cohort):
    full = school.full_cohort()
    school.waiting(full)
    for one in (full, cohort):
        call_off(desk, one)
    from tests.enrollment.waiting import states, sweep

    sweep(school, full)
    assert states(school) == ["lapsed"]
    assert "waitlist.over" in kinds(app)
    client.sign_in(school.user())
    assert client.submit(f"/enroll/{cohort.code}", {"agreed": "y"}, on="/account").status_code == 422
    assert "called off" in text(client.get(f"/enroll/{cohort.code}"))
    assert "called off" in text(client.get(f"/waitlist/{full.code}"))
    assert cohort.title not in text(client.get("/programs"))


def test_its_classes_are_off_and_a_person_without_an_order_is_told_too(app, school, desk, cohort):
    from courseware.models import LiveClass

    school.live_class(cohort)
    school.enrollment(school.user("Ana Lima"), cohort)
    call_off(desk, cohort)
    with app.app_context():
        assert db.session.scalars(select(LiveClass)).one().called_off_at is not None
    assert kinds(app) == ["cohort.called_off"]


def test_it_is_called_off_once_and_not_over_somebody_s_change(app, desk, school, cohort):
    seen = desk.hidden(f"/staff/cohorts/{cohort.code}/call-off", f"/staff/cohorts/{cohort.code}/call-off")
    desk.submit(f"/staff/cohorts/{cohort.code}/publish", {"on": "no"}, on=f"/staff/cohorts/{cohort.code}")
    assert call_off(desk, cohort, seen=seen["seen"]).status_code == 422
    assert call_off(desk, cohort).status_code == 303
    again = text(desk.get(f"/staff/cohorts/{cohort.code}/call-off"))
    assert "was called off on" in again
    edited = desk.get(f"/staff/cohorts/{cohort.code}/edit")
    assert edited.status_code == 200


@pytest.mark.parametrize("role", ["admissions", "finance", "instructor"])
def test_only_the_registrar_calls_a_cohort_off(app, school, cohort, role):
    somebody = app.test_client().sign_in(school.user("Some Body", role))
    assert somebody.get(f"/staff/cohorts/{cohort.code}/call-off").status_code == 403


@pytest.fixture
def owing(app, school, cohort, local_stripe):
    """Somebody who has paid the deposit; the balance falls due a week before the first day."""
    buyer = new_buyer(app, school, cohort)
    deposit = school.plan(cohort, "deposit")
    buyer.come_back(local_stripe.pay(enroll(buyer, plan=deposit.public_id).location))
    local_stripe.heard()
    return buyer


@pytest.fixture
def days_late(owing, run_task):
    """What beat does some days after the balance fell due; says what became of the course."""

    def look(days):
        with travel(overdue_since(owing) + timedelta(days=days, hours=12)):
            run_task("look_at_arrears")
        return state_of(owing)

    return look


def test_until_somebody_has_chosen_nothing_is_asked_for_and_no_course_is_closed(desk, owing, cohort, days_late):
    call_off(desk, cohort)
    assert [days_late(days) for days in (-3, 1, 30, 60)] == ["active"] * 4
    assert not {"due.soon", "due.missed", "access.read_only", "access.closed"} & set(owing.books().letters)


def test_a_course_that_was_closed_for_arrears_opens_again_without_thanks_for_a_payment(desk, owing, cohort, days_late):
    assert days_late(60) == "suspended"
    call_off(desk, cohort)
    assert days_late(61) == "active"
    assert "access.restored" not in owing.books().letters


def test_whoever_moves_has_two_weeks_for_what_fell_due(app, school, desk, owing, program, cohort, days_late):
    other = school.cohort(of=program, starts_in=200, code="autumn", title="Autumn")
    call_off(desk, cohort)
    move_on(app, owing, other, overdue_since(owing) + timedelta(days=60, hours=12))
    assert [days_late(days) for days in (60, 74, 75)] == ["active", "active", "suspended"]
    assert "due.missed" in owing.books().letters


def move_on(app, buyer, cohort, at):
    from payments.changing.moving import ask_to_move

    with app.app_context():
        order = db.session.merge(buyer.books().order)
        ask_to_move(order.id, db.session.merge(cohort), reason="", actor=order.user, at=at)
        db.session.commit()
