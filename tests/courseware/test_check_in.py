"""One tap at the door: only with the code, only in its time, only once; the minutes go to the sheet by themselves."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from courseware.attendance import codes
from courseware.attendance.checking_in import check_in, check_out, classes_to_close, close_class
from courseware.attending import record_attendance
from courseware.models import Attendance, CheckIn, LiveClass
from credentials.models import LedgerEntry
from enrollment.enrolling import move
from enrollment.models import Enrollment, EnrollmentState
from foundation.db import db
from foundation.errors import Refused
from foundation.limits import limiter
from tests.courseware.looking import ledger, text

EVENING = datetime(2026, 3, 12, 22, tzinfo=UTC)


@pytest.fixture
def evening(school, cohort, place):
    """A class of another day, for whoever says what time it is."""
    return school.live_class(cohort, starts_at=EVENING)


@pytest.fixture
def door(studio):
    return f"/classes/{studio.public_id}/check-in"


def code_of(app, live_class, at) -> str:
    with app.app_context():
        return codes.code_at(live_class, at)


def taps(app) -> list[tuple[bool, bool]]:
    with app.app_context():
        found = db.session.scalars(select(CheckIn).order_by(CheckIn.id))
        return [(one.is_open, one.counted_at is not None) for one in found]


def come(place, live_class, at, go=None) -> None:
    """Somebody who comes with the code of that moment, and goes."""
    mine, held = db.session.get_one(Enrollment, place.id), db.session.get_one(LiveClass, live_class.id)
    check_in(mine, held, codes.code_at(held, at), at=at)
    if go:
        check_out(mine, held, at=go)


def test_the_code_on_the_screen_lets_somebody_in_from_now_on(app, client, ana, place, studio, door, noor):
    shown = text(app.test_client().sign_in(noor).get(f"/staff/classes/{studio.id}/check-in"))
    code = re.search(r"\d{3} \d{3}", shown).group()
    answer = client.sign_in(ana).submit(door, {"code": code}, follow_redirects=True)
    assert "You are checked in since" in text(answer)
    assert "Checked in since" in text(answer)
    assert taps(app) == [(True, False)]
    assert "Ana Lima" in text(app.test_client().sign_in(noor).get(f"/staff/classes/{studio.id}/check-in"))


def test_the_picture_leads_to_the_page_with_the_code_in_it_and_a_look_changes_nothing(
    app, client, school, ana, place, studio, door
):
    code = code_of(app, studio, school.now())
    page = client.sign_in(ana).get(f"{door}?code={code}")
    assert f'value="{code}"' in page.text
    assert taps(app) == []


def test_whoever_is_not_signed_in_comes_back_to_the_door_after_signing_in(client, studio, door):
    answer = client.get(f"{door}?code=123456")
    assert answer.status_code == 303
    assert "check-in" in answer.location and "123456" in answer.location


def test_a_wrong_code_is_said_beside_the_field_and_kept(app, client, ana, place, door):
    answer = client.sign_in(ana).submit(door, {"code": "000 000"})
    assert answer.status_code == 422
    assert "This is not the code that is shown now" in text(answer)
    assert 'value="000 000"' in answer.text and 'id="code-error"' in answer.text
    assert taps(app) == []


def test_a_code_is_taken_a_few_minutes_and_no_longer(app, evening):
    with app.app_context():
        code = codes.code_at(evening, EVENING)
        assert codes.code_at(evening, EVENING + timedelta(minutes=1)) != code
        assert codes.is_right(evening, code, EVENING + timedelta(minutes=3, seconds=59))
        assert not codes.is_right(evening, code, EVENING + timedelta(minutes=4))
        assert not codes.is_right(evening, code, EVENING - timedelta(seconds=1))


def test_the_code_of_another_class_opens_nothing(app, school, cohort, evening):
    other = school.live_class(cohort, starts_at=EVENING + timedelta(days=1))
    with app.app_context():
        assert not codes.is_right(other, codes.code_at(evening, EVENING), EVENING)


@pytest.mark.parametrize(("minutes", "words"), [(-16, "too early"), (150, "is over"), (900, "is over")])
def test_outside_its_time_the_door_says_so_whatever_the_code(context, place, evening, minutes, words):
    with pytest.raises(Refused, match=words):
        come(place, evening, EVENING + timedelta(minutes=minutes))


def test_before_and_after_its_time_the_page_asks_for_nothing(client, school, ana, place, cohort):
    for starts_in, words in ((timedelta(hours=2), "It is too early"), (-timedelta(hours=5), "This class is over")):
        made = school.live_class(cohort, starts_in=starts_in)
        page = client.sign_in(ana).get(f"/classes/{made.public_id}/check-in")
        assert words in text(page)
        assert 'name="code"' not in page.text


def test_tapped_twice_it_is_done_once(app, client, school, ana, place, studio, door):
    client.sign_in(ana)
    code = {"code": code_of(app, studio, school.now())}
    assert client.submit(door, code).status_code == 303
    assert "You are checked in since" in text(client.submit(door, code, follow_redirects=True))
    assert taps(app) == [(True, False)]
    for _ in range(2):
        answer = client.submit(door.replace("check-in", "check-out"), on=door, follow_redirects=True)
    assert "You are not checked in" in text(answer)
    assert taps(app) == [(False, False)]


def test_six_taps_in_one_moment_are_one(app, evening, place):
    def one(_: int) -> None:
        with app.app_context():
            come(place, evening, EVENING + timedelta(minutes=5))
            db.session.commit()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(one, range(6)))
    assert taps(app) == [(True, False)]


def test_when_the_class_is_over_the_minutes_stand_on_the_sheet_once(app, evening, place):
    with app.app_context():
        come(place, evening, EVENING - timedelta(minutes=5), go=EVENING + timedelta(minutes=30))
        come(place, evening, EVENING + timedelta(minutes=40, seconds=30))
        db.session.commit()
    ends = EVENING + timedelta(minutes=150)
    for at, marked in ((ends - timedelta(seconds=1), 0), (ends, 1), (ends, 0)):
        with app.app_context():
            assert classes_to_close(at) == ([evening.id] if at == ends and marked else [])
            assert close_class(evening.id, at=at) == marked
            db.session.commit()
    assert ledger(app) == [(139, 111)]
    assert taps(app) == [(False, True), (False, True)]
    with app.app_context():
        line = db.session.scalars(select(LedgerEntry)).one()
        assert line.evidence["check_in"] == {"stays": 2, "left_open": True}
        assert len(line.evidence["times"]) == 2


def test_over_the_night_when_clocks_change_the_hours_that_passed_count(app, school, cohort, place):
    """01:00 to 03:30 on the New York clock that loses an hour is an hour and a half."""
    begins = datetime(2026, 3, 8, 6, tzinfo=UTC)
    made = school.live_class(cohort, starts_at=begins, minutes=90, core_minutes=90)
    with app.app_context():
        come(place, made, begins)
        assert close_class(made.id, at=begins + timedelta(minutes=91)) == 1
        db.session.commit()
    assert ledger(app) == [(90, 90)]


def test_whom_a_person_has_marked_stays_as_marked(app, evening, place):
    with app.app_context():
        come(place, evening, EVENING)
        record_attendance(
            db.session.get_one(LiveClass, evening.id), {place.id: 0}, actor=None, at=EVENING + timedelta(minutes=60)
        )
        assert close_class(evening.id, at=EVENING + timedelta(hours=3)) == 0
        db.session.commit()
    assert ledger(app) == []
    assert taps(app) == [(False, True)]


def test_a_sheet_saved_in_the_moment_of_closing_gives_the_minutes_once(app, evening, place):
    """The sweep and a person at once: one of them marks, and there is one line."""
    at, gate = EVENING + timedelta(hours=3), Barrier(2)
    with app.app_context():
        come(place, evening, EVENING + timedelta(minutes=30))
        db.session.commit()

    def sweep() -> None:
        with app.app_context():
            gate.wait()
            close_class(evening.id, at=at)
            db.session.commit()

    def save() -> None:
        with app.app_context():
            live_class = db.session.get_one(LiveClass, evening.id)
            gate.wait()
            try:
                record_attendance(live_class, {place.id: 150}, actor=None, seen=0, at=at)
                db.session.commit()
            except Refused:
                db.session.rollback()

    both = [Thread(target=act) for act in (sweep, save)]
    for one in both:
        one.start()
    for one in both:
        one.join(120)
    assert len(ledger(app)) == 1
    with app.app_context():
        assert db.session.scalar(select(func.count(Attendance.id))) == 1


def test_the_sweep_closes_every_class_that_is_over(app, school, cohort, place):
    from tasks.courseware import close_classes

    begins = school.now() - timedelta(hours=4)
    made = [school.live_class(cohort, starts_at=begins + timedelta(minutes=n)) for n in (0, 5)]
    with app.app_context():
        for one in made:
            come(place, one, one.starts_at)
        db.session.commit()
        assert close_classes() == 2
        assert close_classes() == 0
    assert ledger(app) == [(150, 120)] * 2


def test_the_sheet_shows_the_times_of_those_who_checked_in_and_asks_about_the_others(
    app, client, school, noor, place, cohort, studio
):
    school.enrollment(school.user("Ben Okri"), cohort)
    with app.app_context():
        come(place, studio, studio.starts_at)
        db.session.commit()
    page = client.sign_in(noor).get(f"/staff/classes/{studio.id}")
    assert re.search(rf'name="minutes-{place.id}"[^>]*value="\d\d:\d\d-\d\d:\d\d"', page.text)
    assert "The times of those who checked in are filled in" in text(page)
    assert "All present" not in text(page)


def test_a_stranger_and_a_place_that_is_closed_find_no_door(app, client, school, ana, place, door):
    assert client.sign_in(school.user("Eve Stone")).get(door).status_code == 404
    with app.app_context():
        move(db.session.get_one(Enrollment, place.id), EnrollmentState.PAUSED, at=school.now(), why="Away")
        db.session.commit()
    assert client.sign_in(ana).get(door).status_code == 404


def test_only_who_teaches_sees_the_code(client, school, ana, place, studio):
    page = f"/staff/classes/{studio.id}/check-in"
    assert client.sign_in(ana).get(page).status_code == 403
    assert client.sign_in(school.user("Ravi Rao", "instructor")).get(page).status_code == 404
    assert client.sign_in(school.user("Mia Berg", "registrar")).get(page).headers["Cache-Control"] == "no-store"


def test_guessing_is_slow_for_one_person_and_free_for_the_others_in_the_room(
    client, app, school, ana, place, cohort, door
):
    ben = school.user("Ben Okri")
    school.enrollment(ben, cohort)
    client.sign_in(ana)
    token = client.token(door)
    limiter.enabled = True
    try:
        answers = [client.post(door, data={"csrf_token": token, "code": "123456"}).status_code for _ in range(11)]
        other = app.test_client().sign_in(ben).submit(door, {"code": "123456"}).status_code
    finally:
        limiter.enabled = False
    assert (answers[0], answers[-1], other) == (422, 429, 422)


def test_the_pages_take_eight_statements_at_most(app, client, school, noor, ana, place, cohort, studio, door, queries):
    places = [place, *(school.enrollment(school.user(f"Person {n}"), cohort) for n in range(9))]
    with app.app_context():
        for one in places:
            come(one, studio, studio.starts_at)
        db.session.commit()
    pages = [(noor, f"/staff/classes/{studio.id}/check-in"), (noor, f"/staff/classes/{studio.id}"), (ana, door)]
    for who, path in [*pages, (ana, f"/learn/{place.public_id}/class/{studio.public_id}")]:
        client.sign_in(who)
        with queries() as q:
            assert client.get(path).status_code == 200
        assert q.count <= 8, f"{path}\n" + "\n".join(q.sent)


def test_while_a_payment_is_open_the_door_says_that_no_class_counts(app, client, school, ana, place, studio, door):
    with app.app_context():
        mine = db.session.get_one(Enrollment, place.id)
        move(mine, EnrollmentState.READ_ONLY, at=school.now(), why="A payment is open")
        db.session.commit()
    answer = client.sign_in(ana).submit(door, {"code": code_of(app, studio, school.now())})
    assert answer.status_code == 422
    assert "until it is paid no class counts" in text(answer)
    assert taps(app) == []
