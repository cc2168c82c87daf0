"""What the attendance sheet promises."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from courseware.attending import record_attendance
from courseware.models import Attendance, LiveClass
from credentials.models import LedgerEntry
from foundation.db import db
from foundation.errors import Refused
from tests.courseware.looking import ledger


@pytest.fixture
def places(school, cohort):
    return [school.enrollment(school.user(name), cohort) for name in ("Ana Lima", "Ben Okri", "Chidi Eze")]


@pytest.fixture
def studio(school, cohort, noor):
    return school.live_class(cohort, starts_in=-timedelta(hours=1), instructor_id=noor.id)


def text(response) -> str:
    return response.get_data(as_text=True)


def test_all_present_is_one_click(app, client, noor, places, sheet):
    page = client.sign_in(noor).submit(sheet, {"all": "present"}, follow_redirects=True)
    assert "3 marks new or changed" in text(page)
    assert ledger(app) == [(150, 120)] * 3


def test_the_sheet_saved_again_changes_nothing(app, client, noor, places, sheet):
    instructor = client.sign_in(noor)
    full = {f"minutes-{place.id}": "150" for place in places}
    instructor.submit(sheet, full)
    answer = instructor.submit(sheet, full, follow_redirects=True)
    assert "Nothing had changed" in text(answer)
    assert len(ledger(app)) == 3


def test_who_came_late_gets_core_minutes_in_proportion_and_who_was_absent_none(app, client, noor, places, sheet):
    data = {f"minutes-{places[0].id}": "149", f"minutes-{places[1].id}": "150", "absent": str(places[2].id)}
    client.sign_in(noor).submit(sheet, data)
    assert ledger(app) == [(149, 119), (150, 120)]


def test_a_saved_mark_changes_only_with_a_reason(app, client, noor, places, sheet):
    instructor = client.sign_in(noor)
    instructor.submit(sheet, {"all": "present"})
    changed = {f"minutes-{place.id}": "150" for place in places} | {f"minutes-{places[0].id}": "90"}
    page = instructor.submit(sheet, changed)
    assert page.status_code == 422
    assert "Say why you change what was saved" in text(page)
    assert 'value="90"' in text(page)
    instructor.submit(sheet, changed | {"reason": "Left at the break"})
    assert ledger(app) == [(150, 120)] * 3 + [(-150, -120), (90, 72)]
    with app.app_context():
        assert db.session.scalar(select(LedgerEntry.reason).where(LedgerEntry.minutes == -150)) == "Left at the break"
        marks = db.session.execute(select(Attendance.number, Attendance.minutes).order_by(Attendance.id)).all()
        assert marks[-1] == (2, 90)


def test_a_mark_can_be_corrected_twice_and_back(school, context, studio, places):
    made = db.session.get_one(LiveClass, studio.id)
    for minutes, reason in ((150, ""), (0, "was not there"), (150, "was there after all"), (100, "left early")):
        record_attendance(made, {places[0].id: minutes}, actor=None, reason=reason, at=school.now())
    assert db.session.scalar(select(func.sum(LedgerEntry.minutes))) == 100
    assert db.session.scalar(select(func.sum(LedgerEntry.core_minutes))) == 80


def test_times_of_a_person_become_minutes_and_stand_as_evidence(app, client, noor, school, places, studio, sheet):
    zone = ZoneInfo("America/New_York")
    came, went = ((studio.starts_at + timedelta(minutes=n)).astimezone(zone) for n in (30, 90))
    data = {f"minutes-{p.id}": "150" for p in places} | {f"minutes-{places[0].id}": f"{came:%H:%M}-{went:%H:%M}"}
    assert client.sign_in(noor).submit(sheet, data).status_code == 303
    minutes = int((min(_whole(went), studio.ends_at) - _whole(came)).total_seconds()) // 60
    with app.app_context():
        line = db.session.scalar(select(LedgerEntry).where(LedgerEntry.user_id == places[0].user_id))
        assert line.minutes == minutes
        assert line.evidence["times"] == [[_whole(t).astimezone(UTC).isoformat() for t in (came, went)]]


def _whole(moment):
    return moment.replace(second=0, microsecond=0)


def test_times_on_another_clock_than_the_class_are_refused_and_never_mark_anybody_absent(
    app, client, noor, places, studio, sheet
):
    far = (studio.starts_at + timedelta(hours=6)).astimezone(ZoneInfo("America/New_York"))
    data = {f"minutes-{p.id}": "150" for p in places}
    data[f"minutes-{places[0].id}"] = f"{far:%H:%M}-{far + timedelta(hours=1):%H:%M}"
    page = client.sign_in(noor).submit(sheet, data)
    assert page.status_code == 422
    assert "These times lie outside the class, which was" in text(page)
    assert "New York time" in text(page)
    assert ledger(app) == []


def test_every_line_that_can_not_be_read_is_named_and_what_was_typed_stays(app, client, noor, places, sheet):
    typed = dict(zip((f"minutes-{p.id}" for p in places), ("late", "18:00-", "150"), strict=True))
    page = text(client.sign_in(noor).submit(sheet, typed))
    assert page.count("Write whole minutes, such as 90, or times") >= 2
    assert 'value="late"' in page and 'value="18:00-"' in page
    assert ledger(app) == []


def test_what_a_colleague_saved_meanwhile_is_shown_before_it_is_changed(app, client, school, noor, places, sheet):
    """Both open the sheet; the registrar saves Ana as 90; the instructor's full minutes, with a reason, wait."""
    instructor, registrar = client.sign_in(noor), app.test_client().sign_in(school.user("Mia Berg", "registrar"))
    full = {f"minutes-{p.id}": "150" for p in places}
    opened = {"seen": re.search(r'name="seen"[^>]*value="(\d*)"', text(instructor.get(sheet))).group(1)}
    registrar.submit(sheet, {**full, f"minutes-{places[0].id}": "90"})
    page = text(instructor.submit(sheet, {**full, **opened, "reason": "was there"}))
    assert "Somebody else saved meanwhile: Ana Lima (90 min)" in page
    assert ledger(app) == [(90, 72), (150, 120), (150, 120)]
    again = {"seen": re.search(r'name="seen"[^>]*value="(\d*)"', page).group(1)}
    assert instructor.submit(sheet, {**full, **again, "reason": "was there"}).status_code == 303
    assert ledger(app)[-2:] == [(-90, -72), (150, 120)]


def test_two_who_save_in_the_same_moment_write_each_minute_once(app, school, studio, places):
    """Two transactions at once with different minutes: one is written, the other is told."""
    gate, answers = Barrier(2), []

    def save(minutes: int) -> None:
        with app.app_context():
            live_class = db.session.get_one(LiveClass, studio.id)
            gate.wait()
            try:
                record_attendance(live_class, {p.id: minutes for p in places}, actor=None, seen=0, at=school.now())
                db.session.commit()
                answers.append("saved")
            except Refused as refused:
                db.session.rollback()
                answers.append(refused.message)

    both = [Thread(target=save, args=(minutes,)) for minutes in (150, 90)]
    for one in both:
        one.start()
    for one in both:
        one.join(120)
    assert sorted(a.split(":")[0] for a in answers) == ["Somebody else saved meanwhile", "saved"]
    assert len(ledger(app)) == 3


@pytest.mark.parametrize("wrong", ["151", "-1", "many", "", "1.5"])
def test_minutes_that_can_not_be_are_refused_beside_the_field(app, client, noor, places, sheet, wrong):
    data = {f"minutes-{place.id}": "150" for place in places} | {f"minutes-{places[1].id}": wrong}
    page = client.sign_in(noor).submit(sheet, data)
    assert page.status_code == 422
    assert f'id="minutes-{places[1].id}-error"' in text(page)
    assert ledger(app) == []


def test_the_sheet_opens_when_the_class_begins(school, context, cohort, places):
    later = db.session.get_one(LiveClass, school.live_class(cohort, starts_in=timedelta(hours=1)).id)
    with pytest.raises(Refused):
        record_attendance(later, {places[0].id: 150}, actor=None, at=school.now())


def test_somebody_of_another_cohort_is_not_marked(school, context, studio):
    stranger = school.enrollment(school.user("Eve Stone"), school.cohort())
    with pytest.raises(Refused):
        record_attendance(db.session.get_one(LiveClass, studio.id), {stranger.id: 10}, actor=None, at=school.now())


def test_an_instructor_marks_only_the_classes_they_teach(client, school, places, sheet):
    assert client.sign_in(school.user("Ravi Rao", "instructor")).get(sheet).status_code == 404
    assert client.sign_in(school.user("Mia Berg", "registrar")).get(sheet).status_code == 200
    assert client.sign_in(school.user("Tea Sand")).get(sheet).status_code == 403


def test_the_trainee_sees_the_minutes(app, client, school, noor, studio, cohort, sheet):
    ana = school.user("Ana Gray")
    place = school.enrollment(ana, cohort)
    client.sign_in(noor).submit(sheet, {f"minutes-{place.id}": "100"})
    page = text(app.test_client().sign_in(ana).get(f"/learn/{place.public_id}/class/{studio.public_id}"))
    assert "1 h 40 min of 2 h 30 min attended" in page


def test_staff_pages_take_eight_statements_at_most_however_many_people(
    client, noor, school, cohort, places, sheet, queries
):
    for number in range(12):
        school.enrollment(school.user(f"Person {number}"), cohort)
    instructor = client.sign_in(noor)
    for path in ("/staff/classes", "/staff/classes?show=past", sheet, f"{sheet}/print"):
        with queries() as q:
            assert instructor.get(path).status_code == 200
        assert q.count <= 8, f"{path}\n" + "\n".join(q.sent)


def test_staff_read_a_class_on_their_own_clock_and_beside_it_on_that_of_the_class(client, school):
    session = school.live_class(school.cohort(time_zone="Asia/Tokyo"), starts_in=timedelta(days=2))
    client.sign_in(school.user("Rosa", "registrar"))
    for page in ("/staff/classes", f"/staff/classes/{session.id}"):
        assert "JST for the class" in client.get(page).text or "Tokyo time for the class" in client.get(page).text


def test_classes_are_found_by_name_cohort_and_teacher_a_page_at_a_time_and_go_into_a_spreadsheet(
    client, school, noor, cohort
):
    ana = school.enrollment(school.user("Ana Lima"), cohort)
    for number in range(52):
        school.live_class(
            cohort, starts_in=-timedelta(days=2 + number), instructor_id=noor.id, title=f"Evening {number}"
        )
    other = school.live_class(cohort, starts_in=-timedelta(days=60), title="Studio of silence")
    registrar = client.sign_in(school.user("Rosa", "registrar"))
    page = text(registrar.get("/staff/classes?show=past"))
    assert "Page 1 of 2" in page and "53 classes" in page and "Studio of silence" not in page
    assert "Studio of silence" in text(registrar.get("/staff/classes?show=past&page=2"))
    assert "Evening 51" not in text(registrar.get("/staff/classes?show=past&words=silence"))
    assert "Studio of silence" not in text(registrar.get("/staff/classes?show=past&words=haddad"))
    registrar.submit(f"/staff/classes/{other.id}", {f"minutes-{ana.id}": "100"})
    assert "Studio of silence" not in text(registrar.get("/staff/classes?show=past&words=studio&state=open"))
    sheet = registrar.get("/staff/classes?show=past&words=silence&format=csv").text.splitlines()
    assert len(sheet) == 2 and "Studio of silence" in sheet[1]
    assert "No class is like that" in text(registrar.get("/staff/classes?words=nothing"))


def test_the_sheet_goes_to_paper_and_into_a_spreadsheet(client, school, noor, cohort, sheet):
    school.enrollment(school.user("=cmd|calc"), cohort)
    instructor = client.sign_in(noor)
    assert "Signature" in text(instructor.get(f"{sheet}/print"))
    assert "'=cmd|calc" in text(instructor.get(f"{sheet}.csv"))
