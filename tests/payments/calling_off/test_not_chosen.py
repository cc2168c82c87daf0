"""Whoever does not choose after their cohort was called off is reminded twice; then staff choose with them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.audit import AuditLine
from foundation.db import db
from foundation.escalating import StaffTask, open_tasks
from tests.payments.calling_off.conftest import call_off, kinds, text
from tests.turning import travel


@pytest.fixture
def off(desk, paid, cohort):
    call_off(desk, cohort)
    return paid


@pytest.fixture
def after(school, run_task, local_stripe):
    """What beat does some days later, when all that Stripe had to tell has arrived; twice, as beat may."""

    def look(*days):
        for some in days:
            with travel(school.now() + timedelta(days=some, hours=1)):
                run_task("remind_of_choices")
                run_task("remind_of_choices")

    return look


def reminders(app):
    return kinds(app).count("cohort.reminded")


def tasks(app):
    with app.app_context():
        return [task.kind for task in open_tasks()]


def page_of(cohort):
    return f"/staff/cohorts/{cohort.code}/not-chosen"


def test_they_are_reminded_after_three_and_ten_days_and_then_staff_are_asked(app, off, after):
    told = []
    for days in (2, 3, 5, 10, 12):
        after(days)
        told.append(reminders(app))
    assert told == [0, 1, 1, 2, 2]
    assert tasks(app) == []
    after(14, 15)
    assert reminders(app) == 2
    assert tasks(app) == ["cohort.not_chosen"]


def test_a_look_that_was_missed_is_made_up_by_one_letter_that_says_it_is_the_last(app, off, after):
    from mail.models import Letter
    from mail.rendering import render

    after(11)
    with app.app_context():
        letter = db.session.scalars(select(Letter).where(Letter.kind == "cohort.reminded")).one()
        render(letter)
        assert "last letter" in letter.text and "last letter" in letter.html
        db.session.rollback()


def test_whoever_has_chosen_is_left_in_peace_and_what_waited_for_staff_is_over(app, off, after):
    after(14)
    assert tasks(app) == ["cohort.not_chosen"]
    off.client.submit(f"/orders/{off.books().order.public_id}/stop", {"sure": "y"})
    after(20)
    assert (tasks(app), reminders(app)) == ([], 1)
    with app.app_context():
        assert db.session.scalars(select(StaffTask)).one().note == "Everybody has chosen"


def test_whoever_takes_a_break_has_chosen(app, off, after):
    off.client.submit(f"/orders/{off.books().order.public_id}/defer", {"sure": "y"})
    after(3, 10, 14)
    assert (reminders(app), tasks(app)) == (0, [])


def test_staff_see_who_waits_since_when_and_with_how_much_money(app, school, desk, paid, cohort, queries):
    school.enrollment(school.user("Bo Chen"), cohort)
    call_off(desk, cohort)
    assert page_of(cohort) in desk.get(f"/staff/cohorts/{cohort.code}").text
    desk.get(page_of(cohort))
    with travel(school.now() + timedelta(days=4, hours=1)), queries() as q:
        page = text(desk.get(page_of(cohort)))
    assert q.count <= 8, q.sent
    assert "2 people have not chosen" in page and page.count("4 days") == 2
    assert "$4,800" in page and "Withdraw Bo Chen" in page
    assert "Ana Lima" in desk.get(f"{page_of(cohort)}?format=csv").text


def test_staff_move_somebody_who_asked_them_to(app, school, desk, off, program, cohort):
    autumn = school.cohort(of=program, starts_in=90, code="autumn", title="Autumn")
    order = off.books().order.public_id
    answer = desk.submit(f"/staff/changes/move/{order}", {"cohort": "autumn", "reason": "Said so on the phone"})
    assert answer.location.endswith(page_of(cohort))
    assert off.books().order.cohort_id == autumn.id
    assert "Everybody has chosen" in desk.get(page_of(cohort)).text


def test_staff_send_all_of_the_money_back_and_it_is_written_down_who_did(app, desk, off, cohort):
    page = f"/staff/changes/stop/{off.books().order.public_id}"
    assert page in desk.get(page_of(cohort)).text
    assert "$4,800" in desk.get(page).text
    assert desk.submit(page, {"reason": "", "sure": "y"}).status_code == 422
    assert desk.submit(page, {"reason": "On the phone", "sure": "y", "sum": "1"}).status_code == 422
    assert desk.submit(page, {"reason": "On the phone", "sure": "y"}).location.endswith(page_of(cohort))
    books = off.books()
    assert [cents for kind, cents in books.money if kind == "refund"] == [-480000]
    assert [str(one.state) for one in books.enrollments] == ["withdrawn"]
    with app.app_context():
        line = db.session.scalars(select(AuditLine).where(AuditLine.verb == "change.done")).one()
        assert line.actor_id is not None and line.actor_id != off.books().order.user_id
        assert line.facts["reason"] == "On the phone"


def test_the_task_leads_to_the_list_and_the_list_is_for_those_who_may_choose(app, school, desk, off, cohort, after):
    after(14)
    assert page_of(cohort) in desk.get("/staff").text
    for role, code in (("finance", 200), ("instructor", 403), ("admissions", 403)):
        somebody = app.test_client().sign_in(school.user(f"{role} person", role))
        assert somebody.get(page_of(cohort)).status_code == code


def test_a_cohort_that_takes_place_has_no_such_list(desk, paid, cohort):
    assert desk.get(page_of(cohort)).status_code == 404
