"""A timetable is laid by a pattern with a look before; then changed class by class."""

from __future__ import annotations

import re
import threading
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from courseware.models import LiveClass
from courseware.timetable.patterns import slots
from foundation.db import db
from foundation.wall import on_wall
from mail.models import Letter
from tests.courseware.timetable.conftest import NEW_YORK, tuesdays

EVENING = {"weekdays": ["1"], "begins": "18:30", "every_weeks": "1", "title": "Evening", "without": ""}


EVENING |= {"minutes": "120", "core_minutes": "90", "lesson": "0", "instructor": "0", "join_url": ""}


def text(answer):
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


@pytest.fixture
def desk(app, school):
    return app.test_client().sign_in(school.user("Rita Registrar", "registrar"))


@pytest.fixture
def cohort(school):
    return school.cohort(starts_on=date(2027, 3, 1), ends_on=date(2027, 4, 30))


def lay(desk, cohort, **wishes):
    days = {"first": "2027-03-01", "last": "2027-03-31", "do": "lay"}
    return desk.submit(f"/staff/cohorts/{cohort.code}/timetable/new", EVENING | days | wishes)


def classes(app):
    with app.app_context():
        found = list(db.session.scalars(select(LiveClass).order_by(LiveClass.starts_at)))
        db.session.expunge_all()
        return found


def told(app):
    with app.app_context():
        rows = db.session.scalars(select(Letter).where(Letter.kind == "timetable.changed").order_by(Letter.id))
        return [(letter.to_address, letter.facts["what"], letter.facts["lines"]) for letter in rows]


def test_staff_see_every_class_before_any_is_made(app, desk, cohort):
    page = text(lay(desk, cohort, do="preview"))
    assert "5 classes as they will be" in page
    assert "The clocks have changed since the class before." in page
    assert 'value="Evening"' in page, "what was typed is kept"
    assert classes(app) == []


def test_laid_they_are_numbered_and_laid_again_none_is_added(app, desk, cohort):
    assert lay(desk, cohort).status_code == 303
    assert [one.title for one in classes(app)][::4] == ["Evening, 1 of 5", "Evening, 5 of 5"]
    assert "Stands already" in text(lay(desk, cohort, do="preview"))
    lay(desk, cohort)
    assert len(classes(app)) == 5
    page = text(desk.get(f"/staff/cohorts/{cohort.code}/timetable"))
    assert "The clocks have changed: UTC\u221204:00" in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"begins": ""}, "begins"),
        ({"last": "2027-02-01"}, "last"),
        ({"last": "2037-02-01"}, "last"),
        ({"every_weeks": "0"}, "every_weeks"),
        ({"without": "Christmas"}, "without"),
        ({"title": ""}, "title"),
        ({"minutes": "0"}, "minutes"),
        ({"core_minutes": "130"}, "minutes"),
        ({"join_url": "javascript:x"}, "join_url"),
    ],
)
def test_what_is_wrong_with_a_pattern_stands_beside_its_field(app, desk, cohort, wrong, field):
    answer = lay(desk, cohort, **wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)
    assert classes(app) == []


def test_the_enrolled_hear_of_new_classes_in_one_letter_by_their_own_clock(app, desk, school, cohort):
    who = school.user("Ana Lima", email="ana@example.com")
    who = school.set_time_zone(who, "Asia/Singapore")
    school.enrollment(who, cohort)
    gone = school.user("Gone Girl")
    school.enrollment(gone, cohort)
    withdraw(app, school, gone)
    lay(desk, cohort)
    ((to, what, lines),) = told(app)
    assert (to, what, len(lines)) == ("ana@example.com", "5 classes were added.", 5)
    assert "7:30 AM" in lines[0] and "6:30 PM EST" in lines[0]


def withdraw(app, school, who):
    from enrollment import enrolling
    from enrollment.models import Enrollment

    with app.app_context():
        mine = db.session.scalars(select(Enrollment).where(Enrollment.user_id == who.id)).one()
        enrolling.withdraw(mine, reason="Gone", at=school.now())
        db.session.commit()


def sent(cohort, one, **wishes):
    same = {"title": one.title, "minutes": str(one.minutes), "core_minutes": str(one.core_minutes)}
    at = on_wall(one.starts_at, cohort.time_zone).strftime("%Y-%m-%dT%H:%M")
    return same | {"starts_at": at, "lesson": "0", "instructor": "0", "join_url": one.join_url} | wishes


def page_of(cohort, one):
    return f"/staff/cohorts/{cohort.code}/timetable/{one.public_id}"


def test_a_class_that_moves_tells_the_enrolled_where_from_and_where_to(app, desk, school, cohort):
    one = school.live_class(cohort, starts_at=datetime(2027, 3, 9, 18, 30, tzinfo=NEW_YORK))
    school.enrollment(school.user("Ana Lima", email="ana@example.com"), cohort)
    desk.submit(page_of(cohort, one), sent(cohort, one, starts_at="2027-03-16T19:00"))
    (moved,) = classes(app)
    assert moved.starts_at.astimezone(NEW_YORK) == datetime(2027, 3, 16, 19, tzinfo=NEW_YORK)
    ((_, what, lines),) = told(app)
    assert what == "Studio one has moved."
    assert "Mar 16" in lines[0] and "Mar 9" in lines[1]


def test_a_new_teacher_or_name_alone_is_no_letter(app, desk, school, cohort):
    one = school.live_class(cohort)
    school.enrollment(school.user("Ana Lima"), cohort)
    desk.submit(page_of(cohort, one), sent(cohort, one, title="Another name"))
    assert classes(app)[0].title == "Another name"
    assert classes(app)[0].starts_at == one.starts_at, "its seconds too"
    assert told(app) == []


def test_two_who_change_one_class_at_once_lose_nothing(app, desk, school, cohort):
    one = school.live_class(cohort)
    mine, theirs = (sent(cohort, one, seen="0") for _ in range(2))
    desk.submit(page_of(cohort, one), theirs | {"title": "Theirs"})
    answer = desk.submit(page_of(cohort, one), mine | {"title": "Mine"})
    assert answer.status_code == 422
    assert "Somebody else has changed this class" in text(answer) and 'value="Mine"' in text(answer)
    assert classes(app)[0].title == "Theirs"


@pytest.mark.parametrize("hour", ["2027-03-14T02:30", "2020-03-14T12:30"])
def test_an_hour_that_is_not_or_has_gone_by_is_refused(app, desk, school, cohort, hour):
    one = school.live_class(cohort)
    answer = desk.submit(page_of(cohort, one), sent(cohort, one, starts_at=hour))
    assert answer.status_code == 422
    assert 'id="starts_at-error"' in text(answer)


def test_no_class_moves_onto_another(desk, school, cohort):
    one, other = (school.live_class(cohort, starts_at=datetime(2027, 3, n, 18, tzinfo=NEW_YORK)) for n in (9, 16))
    at = on_wall(other.starts_at, cohort.time_zone).strftime("%Y-%m-%dT%H:%M")
    answer = desk.submit(page_of(cohort, one), sent(cohort, one, starts_at=at))
    assert "The cohort has another class at this hour" in text(answer)


def test_a_class_that_was_marked_keeps_its_day_and_its_length(app, desk, school, cohort):
    one = school.live_class(cohort, starts_in=timedelta(hours=-1))
    school.marked(one, school.enrollment(school.user(), cohort), 100)
    answer = desk.submit(page_of(cohort, one), sent(cohort, one, minutes="160"))
    assert answer.status_code == 422
    off = desk.submit(page_of(cohort, one) + "/call-off", {"reason": "Ill"}, on=page_of(cohort, one))
    assert off.status_code == 422
    assert classes(app)[0].called_off_at is None


def test_a_class_called_off_is_gone_from_every_list_and_off_in_calendars(app, client, desk, school, cohort):
    one = school.live_class(cohort)
    ana = school.user("Ana Lima")
    place = school.enrollment(ana, cohort)
    client.sign_in(ana)
    before = client.get("/learn/classes.ics").text
    assert "STATUS:CONFIRMED" in before and "SEQUENCE:0" in before
    desk.submit(page_of(cohort, one) + "/call-off", {"reason": "The teacher is ill"}, on=page_of(cohort, one))
    after = client.get("/learn/classes.ics").text
    assert "STATUS:CANCELLED" in after and "SEQUENCE:1" in after
    assert re.search("UID:.*", before).group() == re.search("UID:.*", after).group()
    assert "Studio one" not in text(client.get("/learn"))
    assert "does not take place" in text(client.get(f"/learn/{place.public_id}/class/{one.public_id}"))
    assert desk.get(f"/staff/classes/{one.id}").status_code == 404
    assert client.get(f"/classes/{one.public_id}").status_code == 404
    ((_, what, lines),) = told(app)
    assert what == "Studio one is called off." and lines[1] == "The teacher is ill"


def test_a_class_called_off_needs_a_reason_and_its_hour_can_be_used_again(app, desk, school, cohort):
    one = school.live_class(cohort, starts_at=datetime(2027, 3, 9, 18, 30, tzinfo=NEW_YORK))
    answer = desk.submit(page_of(cohort, one) + "/call-off", {"reason": ""}, on=page_of(cohort, one))
    assert answer.status_code == 422 and 'id="reason-error"' in text(answer)
    desk.submit(page_of(cohort, one) + "/call-off", {"reason": "Ill"}, on=page_of(cohort, one))
    lay(desk, cohort, first="2027-03-09", last="2027-03-09")
    assert sorted(bool(found.called_off_at) for found in classes(app)) == [False, True]


def test_two_who_lay_one_pattern_at_once_make_each_class_once(app, school, cohort):
    from accounts.models import User
    from courseware.timetable import laying
    from enrollment.models import Cohort

    who, gate = school.user("Rita Registrar", "registrar"), threading.Barrier(2)
    found = slots(tuesdays(date(2027, 3, 1), date(2027, 3, 31)), "America/New_York")

    def act():
        with app.app_context():
            mine, actor = db.session.get_one(Cohort, cohort.id), db.session.get_one(User, who.id)
            gate.wait()
            laying.lay(mine, found, laying.ClassDraft("Evening", 120, 90), actor=actor, at=school.now())
            db.session.commit()

    threads = [threading.Thread(target=act) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(classes(app)) == 5


def test_the_days_by_which_the_rules_count_leave_out_what_was_called_off(app, desk, school, cohort):
    from enrollment import timetables
    from enrollment.models import Cohort

    one = school.live_class(cohort)
    desk.submit(page_of(cohort, one) + "/call-off", {"reason": "Ill"}, on=page_of(cohort, one))
    with app.app_context():
        assert timetables.class_days(db.session.get_one(Cohort, cohort.id)) == ()


@pytest.mark.parametrize(("role", "seen", "written"), [("instructor", 200, 403), ("finance", 403, 403)])
def test_only_the_registrar_writes_a_timetable(app, school, cohort, role, seen, written):
    somebody = app.test_client().sign_in(school.user("Some Body", role))
    assert somebody.get(f"/staff/cohorts/{cohort.code}/timetable").status_code == seen
    assert somebody.get(f"/staff/cohorts/{cohort.code}/timetable/new").status_code == written


def test_a_timetable_is_read_with_few_statements_however_long(desk, cohort, queries):
    lay(desk, cohort)
    page = f"/staff/cohorts/{cohort.code}/timetable"
    desk.get(page)
    for address in (page, f"{page}/new", f"{page}?format=csv"):
        with queries() as counted:
            assert desk.get(address).status_code == 200
        assert counted.count <= 8, counted.sent
