"""Cohorts that staff write: drafts first, never less than was sold, nothing lost when two write at once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from foundation.db import db
from tests.enrollment.cohorts.conftest import text

DAYS = {"starts_on": "2027-03-01", "ends_on": "2027-08-01"}


GOOD = DAYS | {
    "code": "maple-2027",
    "title": "Spring 2027",
    "time_zone": "America/New_York",
    "language": "English",
    "rhythm": "Tuesdays, 18:00",
    "instructor": "0",
    "seats": "12",
    "seats_minimum": "6",
    "offer_hours": "24",
    "opens_at": "2026-11-01T09:00",
    "closes_at": "2027-02-27T18:00",
    "currency": "usd",
    "price": "4,800",
    "requires_program": "0",
    "requires_credential": "",
    "prerequisites": "",
}


def made(desk, school, of=None, **wishes):
    program = of or school.program()
    return desk.submit("/staff/cohorts/new", GOOD | {"program": str(program.id)} | wishes)


def cohort(app, code="maple-2027"):
    from enrollment.models import Cohort

    with app.app_context():
        found = db.session.scalar(select(Cohort).where(Cohort.code == code))
        db.session.expunge_all()
        return found


def typed(school, code, **wishes):
    """What the form of a cohort sends when nobody touches it."""
    from enrollment.cohorts.forms import filled
    from enrollment.models import Cohort

    with school.app.app_context():
        told = filled(db.session.scalars(select(Cohort).where(Cohort.code == code)).one())
    told |= {name: told[name].strftime("%Y-%m-%dT%H:%M") for name in ("opens_at", "closes_at")}
    return {name: str(value) for name, value in told.items() if value is not False} | wishes


def change(desk, school, code, **wishes):
    return desk.submit(f"/staff/cohorts/{code}/edit", typed(school, code, **wishes))


def test_a_new_cohort_is_a_draft_in_its_own_zone_which_the_public_does_not_see(app, desk, school):
    program = school.program(slug="practitioner")
    assert made(desk, school, program).location == "/staff/cohorts/maple-2027"
    found = cohort(app)
    assert (found.seats, found.seats_minimum, found.price_cents, found.currency) == (12, 6, 480000, "USD")
    assert found.opens_at == datetime(2026, 11, 1, 9, tzinfo=ZoneInfo("America/New_York"))
    assert not found.is_published
    visitor = app.test_client()
    for page in ("/programs/practitioner/cohorts/maple-2027", "/enroll/maple-2027", "/waitlist/maple-2027"):
        assert visitor.get(page).status_code == 404
    assert "Draft" in text(desk.get("/staff/cohorts/maple-2027"))


def test_published_it_can_be_bought_and_taken_away_again_by_nobody_who_looks(app, client, desk, school):
    cohort = school.cohort(of=school.program(slug="practitioner"), is_published=False)
    page = f"/programs/practitioner/cohorts/{cohort.code}"
    desk.submit(f"/staff/cohorts/{cohort.code}/publish", {"on": "yes"}, on=f"/staff/cohorts/{cohort.code}")
    assert client.get(page).status_code == 200
    desk.submit(f"/staff/cohorts/{cohort.code}/publish", {"on": "no"}, on=f"/staff/cohorts/{cohort.code}")
    assert client.get(page).status_code == 404
    assert cohort.code not in text(client.get("/programs")) + text(client.get("/sitemap.xml"))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "new"}, "code"),
        ({"code": "with space"}, "code"),
        ({"title": ""}, "title"),
        ({"ends_on": "2027-02-01"}, "ends_on"),
        ({"ends_on": "2099-02-01"}, "ends_on"),
        ({"opens_at": "2027-02-28T09:00"}, "closes_at"),
        ({"closes_at": "2027-08-02T09:00"}, "closes_at"),
        ({"opens_at": "2026-03-08T02:30"}, "opens_at"),
        ({"seats": "-1"}, "seats"),
        ({"seats": "many"}, "seats"),
        ({"seats_minimum": "13"}, "seats_minimum"),
        ({"offer_hours": "0"}, "offer_hours"),
        ({"currency": "XYZ"}, "currency"),
        ({"currency": "DEM"}, "currency"),
        ({"currency": "ISK", "price": "100.50"}, "price"),
        ({"currency": "HUF", "price": "100"}, "price"),
        ({"currency": "USD", "price": "0.40"}, "price"),
        ({"price": "much"}, "price"),
        ({"price": "-1"}, "price"),
        ({"price": "1.234"}, "price"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(app, desk, school, wrong, field):
    answer = made(desk, school, **wrong)
    assert answer.status_code == 422
    page = text(answer)
    assert f'id="{field}-error"' in page
    assert "Tuesdays, 18:00" in page, "what was typed is kept"
    assert cohort(app) is None


def test_staff_see_in_the_list_which_cohort_is_short_of_its_least_number(desk, school):
    school.cohort(seats=12, seats_minimum=5)
    assert "5 short of 5" in text(desk.get("/staff/cohorts"))


def test_a_code_is_used_once(desk, school):
    made(desk, school)
    answer = made(desk, school)
    assert answer.status_code == 422
    assert "Another cohort has this code already" in text(answer)


def test_seats_never_go_below_those_taken_or_held(app, desk, school):
    cohort_ = school.full_cohort(seats=3)
    answer = change(desk, school, cohort_.code, seats="2")
    assert answer.status_code == 422
    assert "3 seats are taken or held just now" in text(answer)
    change(desk, school, cohort_.code, seats="4")
    assert cohort(app, cohort_.code).seats == 4


def test_a_seat_that_is_added_is_offered_to_the_line(app, desk, school):
    from tests.enrollment.waiting import states, sweep

    cohort_ = school.full_cohort()
    school.waiting(cohort_)
    change(desk, school, cohort_.code, seats="2")
    sweep(school, cohort_)
    assert states(school) == ["offered"]


def test_two_who_edit_at_once_lose_nothing(app, desk, school):
    cohort_ = school.cohort(title="Spring")
    other = app.test_client().sign_in(school.user("Ada Admissions", "admissions"))
    mine, theirs = (typed(school, cohort_.code) for _ in range(2))
    other.submit(f"/staff/cohorts/{cohort_.code}/edit", theirs | {"title": "Early spring"})
    answer = desk.submit(f"/staff/cohorts/{cohort_.code}/edit", mine | {"seats": "20"})
    assert answer.status_code == 422
    page = text(answer)
    assert "Somebody else has changed this cohort" in page
    assert "Early spring" in page and 'value="20"' in page
    assert (cohort(app, cohort_.code).title, cohort(app, cohort_.code).seats) == ("Early spring", 12)


def test_of_two_changes_at_the_same_moment_one_is_told_of_the_other(app, school):
    from accounts.models import User
    from enrollment.cohorts import writing
    from enrollment.models import Cohort
    from foundation.errors import Refused

    cohort_, who = school.cohort(), school.user("Rita Registrar", "registrar")
    gate, heard = threading.Barrier(2), []

    def act(seats):
        with app.app_context():
            mine = db.session.get_one(Cohort, cohort_.id)
            draft = replace(writing.as_draft(mine), seats=seats)
            gate.wait()
            try:
                writing.change(mine, draft, seen=1, actor=db.session.get_one(User, who.id), at=school.now())
                db.session.commit()
                heard.append("saved")
            except Refused:
                heard.append("told")

    threads = [threading.Thread(target=act, args=(n,)) for n in (20, 30)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(heard) == ["saved", "told"]
    assert cohort(app, cohort_.code).revision == 2


def test_the_currency_stays_and_so_do_program_and_zone_once_they_are_used(app, desk, school):
    cohort_, other = school.full_cohort(), school.program()
    school.live_class(cohort_)
    for wish, field in (
        ({"currency": "EUR"}, "currency"),
        ({"program": str(other.id)}, "program"),
        ({"time_zone": "Europe/Berlin"}, "time_zone"),
    ):
        answer = change(desk, school, cohort_.code, **wish)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in text(answer)


def test_whoever_is_in_is_told_of_new_days_once(app, desk, school):
    from mail.models import Letter

    cohort_ = school.cohort()
    school.enrollment(school.user("Ana Lima", email="ana@example.com"), cohort_)
    later = (cohort_.ends_on + timedelta(days=7)).isoformat()
    change(desk, school, cohort_.code, ends_on=later)
    change(desk, school, cohort_.code, rhythm="Mondays")
    with app.app_context():
        told = db.session.execute(select(Letter.kind, Letter.to_address)).all()
    assert told == [("cohort.changed", "ana@example.com")]


def test_a_copy_brings_classes_and_ways_to_pay_along_at_the_same_hours_of_the_wall(app, desk, school):
    from courseware.models import LiveClass
    from enrollment.models import Cohort
    from payments.models import PricePlan

    zone = ZoneInfo("America/New_York")
    old = school.cohort(starts_on=date(2027, 1, 5), ends_on=date(2027, 6, 1))
    school.live_class(old, starts_at=datetime(2027, 1, 12, 18, tzinfo=zone))
    school.plan(old, "full")
    wishes = {"starts_on": "2027-07-06", "ends_on": "2027-12-01", "closes_at": "2027-07-01T12:00"}
    sent = GOOD | wishes | {"program": str(old.program_id)}
    desk.submit(f"/staff/cohorts/new?like={old.code}", sent)
    with app.app_context():
        new = db.session.scalars(select(Cohort).where(Cohort.code == "maple-2027")).one()
        one = db.session.scalars(select(LiveClass).where(LiveClass.cohort_id == new.id)).one()
        assert one.starts_at.astimezone(zone) == datetime(2027, 7, 13, 18, tzinfo=zone)
        assert db.session.scalars(select(PricePlan).where(PricePlan.cohort_id == new.id)).one().is_offered
        assert not new.is_published


def test_a_form_of_a_copy_begins_with_what_the_other_has(desk, school):
    old = school.cohort(rhythm="Fridays at noon", seats=17)
    page = text(desk.get(f"/staff/cohorts/new?like={old.code}"))
    assert 'value="Fridays at noon"' in page and 'value="17"' in page
    assert old.starts_on.isoformat() not in page


@pytest.mark.parametrize(("role", "status"), [("finance", 403), ("instructor", 403), ("admissions", 200)])
def test_only_registrar_and_admissions_write_cohorts(app, school, role, status):
    cohort_ = school.cohort()
    somebody = app.test_client().sign_in(school.user("Some Body", role))
    assert somebody.get("/staff/cohorts/new").status_code == status
    assert somebody.get(f"/staff/cohorts/{cohort_.code}/edit").status_code == status


def test_every_change_stands_in_the_log_with_what_it_was(app, desk, school):
    from foundation.audit import AuditLine

    cohort_ = school.cohort(title="Spring")
    change(desk, school, cohort_.code, title="Early spring")
    with app.app_context():
        line = db.session.scalars(select(AuditLine).where(AuditLine.verb == "cohort.changed")).one()
        assert line.facts == {"title": ["Spring", "Early spring"]}
        assert line.actor_id is not None


def test_the_pages_of_cohorts_are_read_with_few_statements(desk, school, queries):
    for _ in range(5):
        cohort_ = school.cohort()
    for page in ("/staff/cohorts", "/staff/cohorts/new", f"/staff/cohorts/{cohort_.code}/edit"):
        desk.get(page)
        with queries() as seen:
            assert desk.get(page).status_code == 200
        assert seen.count <= 8, (page, seen.sent)
