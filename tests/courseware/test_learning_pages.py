"""What the trainee's pages promise."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from courseware.drafts import ModuleDraft
from courseware.models import LessonKind, Note
from credentials.models import Certificate, LedgerEntry
from enrollment.models import Enrollment, EnrollmentState
from foundation.db import db
from tests.makers.courseware import lessons


@pytest.fixture
def program(school):
    return school.program(title="Practitioner")


@pytest.fixture
def place(school, ana, program):
    school.course(program, "What coaching is", "Three agreements", modules=2)
    return school.enrollment(ana, school.cohort(of=program))


@pytest.fixture
def learner(client, ana):
    return client.sign_in(ana)


def text(response) -> str:
    return response.get_data(as_text=True)


def test_who_is_in_no_program_is_shown_the_way_to_one(client, school):
    page = client.sign_in(school.user("Ben Okri")).get("/learn")
    assert "You are in no program yet" in text(page) and 'href="/account/payments"' in text(page)
    assert 'href="/programs"' in text(page)


def test_the_first_page_begins_with_the_lesson_to_go_on_with(learner, place, queries):
    learner.get(f"/learn/{place.public_id}/three-agreements")
    with queries() as q:
        page = learner.get("/learn")
    assert "<h1>Continue: Three agreements</h1>" in text(page)
    assert q.count <= 8, "\n".join(q.sent)


def test_the_first_page_says_what_stands_between_now_and_graduation(learner, place):
    page = text(learner.get("/learn"))
    assert "On the way to graduation" in page
    assert "0 of 4 finished" in page
    assert 'href="/hours/ledger?kind=education"' in page


def test_the_outline_shows_every_lesson(learner, place, queries):
    with queries() as q:
        page = text(learner.get(f"/learn/{place.public_id}/"))
    assert page.count("/what-coaching-is") >= 2
    assert q.count <= 8, "\n".join(q.sent)


def test_nobody_enters_a_place_that_is_not_theirs(client, school, place):
    other = client.sign_in(school.user("Ben Okri"))
    for path in ("", "what-coaching-is", "what-coaching-is/done"):
        assert other.get(f"/learn/{place.public_id}/{path}").status_code == 404
    assert client.get("/learn/not-a-place/").status_code == 404


def test_a_visitor_is_asked_to_sign_in(client, place):
    assert "/login" in client.get(f"/learn/{place.public_id}/").headers["Location"]


@pytest.mark.parametrize("state", ["paused", "suspended", "withdrawn"])
def test_a_closed_place_says_so_and_that_the_hours_stay(app, learner, place, state):
    with app.app_context():
        db.session.get_one(Enrollment, place.id).state = EnrollmentState(state)
        db.session.commit()
    page = learner.get(f"/learn/{place.public_id}/what-coaching-is")
    assert page.status_code == 403
    assert "stay in your ledger" in text(page)
    assert place.public_id in text(learner.get("/learn"))


def test_the_lesson_shows_its_text_its_outline_and_one_way_forward(learner, place, queries):
    learner.get(f"/learn/{place.public_id}/three-agreements")
    with queries() as q:
        page = text(learner.get(f"/learn/{place.public_id}/what-coaching-is"))
    assert q.count <= 8, "\n".join(q.sent)
    assert "<p>Read this.</p>" in page
    assert page.count("Complete and go on") == 1
    assert 'data-key="n"' in page


def test_a_completed_lesson_leads_on_and_its_minutes_are_in_the_ledger(app, learner, place):
    here = f"/learn/{place.public_id}/what-coaching-is"
    answer = learner.submit(f"{here}/complete", on=here)
    assert answer.headers["Location"].endswith("/three-agreements")
    learner.submit(f"{here}/complete", on=here)
    with app.app_context():
        assert [e.minutes for e in db.session.scalars(select(LedgerEntry))] == [45]


def test_the_last_lesson_of_a_module_leads_to_what_was_earned_and_what_is_next(learner, place):
    base = f"/learn/{place.public_id}"
    learner.submit(f"{base}/what-coaching-is/complete", on=f"{base}/what-coaching-is")
    page = learner.submit(f"{base}/three-agreements/complete", on=f"{base}/three-agreements", follow_redirects=True)
    assert "<h1>Module 1: done</h1>" in text(page)
    assert "1 h 30 min" in text(page)
    assert "Go on: What coaching is 2" in text(page)


def test_what_was_earned_is_shown_only_of_a_lesson_that_is_done(learner, place):
    answer = learner.get(f"/learn/{place.public_id}/what-coaching-is/done")
    assert answer.headers["Location"].endswith("/what-coaching-is")


def test_a_note_is_kept_without_javascript(app, learner, place):
    here = f"/learn/{place.public_id}/what-coaching-is"
    page = learner.submit(f"{here}/note", {"body": "Bea & the <soup>"}, on=here, follow_redirects=True)
    assert "Bea &amp; the &lt;soup&gt;" in text(page)
    with app.app_context():
        assert db.session.scalars(select(Note.body)).all() == ["Bea & the <soup>"]


def test_a_note_that_was_pasted_with_signs_nobody_sees_is_kept(app, learner, place):
    here = f"/learn/{place.public_id}/what-coaching-is"
    learner.submit(f"{here}/note", {"body": "What is\0 here?\x07\n- 🎓 مرحبا"}, on=here)
    with app.app_context():
        assert db.session.scalars(select(Note.body)).all() == ["What is here?\n- 🎓 مرحبا"]


def test_a_note_that_is_too_long_is_refused_and_kept_on_the_page(learner, place):
    here = f"/learn/{place.public_id}/what-coaching-is"
    page = learner.submit(f"{here}/note", {"body": "x" * 20_001}, on=here)
    assert page.status_code == 422
    assert "20,000 characters" in text(page)
    assert "x" * 20_001 in text(page)


def test_a_note_saves_itself(learner, place):
    here = f"/learn/{place.public_id}/what-coaching-is"
    token = learner.token(here)
    saved = learner.post(f"{here}/note", data={"csrf_token": token, "body": "a"}, headers={"X-Autosave": "1"})
    assert saved.json == {"saved": True}


def test_the_place_in_a_film_is_remembered(learner, school, program, place):
    school.course(program, "A breath", kind=LessonKind.VIDEO, media={"video": "breath.webm"})
    here = f"/learn/{place.public_id}/a-breath"
    token = learner.token(here)
    assert learner.post(f"{here}/place", data={"csrf_token": token, "seconds": "12"}).status_code == 204
    assert 'data-left="12"' in text(learner.get(here))
    assert learner.post(f"{here}/place", data={"csrf_token": token, "seconds": "soon"}).status_code == 422


def test_in_a_sequence_a_lesson_waits_for_the_one_before_and_says_so(school, client, ana):
    program = school.program(facts={"sequential": True})
    school.course(program, "First", "Second")
    place = school.enrollment(ana, school.cohort(of=program))
    learner = client.sign_in(ana)
    page = text(learner.get(f"/learn/{place.public_id}/second"))
    assert "Opens when you finish “First”" in page
    learner.submit(f"/learn/{place.public_id}/second/complete", on=f"/learn/{place.public_id}/first")
    assert "Opens when you finish" in text(learner.get(f"/learn/{place.public_id}/second"))
    learner.submit(f"/learn/{place.public_id}/first/complete", on=f"/learn/{place.public_id}/first")
    assert "Read this." in text(learner.get(f"/learn/{place.public_id}/second"))


def test_a_live_lesson_opens_a_week_before_its_class(learner, school, program, place):
    school.course(program, "Studio", kind=LessonKind.LIVE_CLASS)
    lesson = school.lesson(program, "studio")
    address = f"/learn/{place.public_id}/studio"
    assert "Opens when the school sets its date" in text(learner.get(address))
    cohort = place.cohort_id
    at = school.now() + timedelta(days=30)
    school.live_class(_Id(cohort), lesson_id=lesson.id, starts_at=at)
    assert "Opens on" in text(learner.get(address))
    school.live_class(_Id(cohort), lesson_id=lesson.id, starts_in=timedelta(days=3))
    assert "Calendar file" in text(learner.get(address))


class _Id:
    def __init__(self, id_: int) -> None:
        self.id = id_


def test_the_way_into_a_class_shows_when_it_is_time(learner, school, place):
    later = school.live_class(_Id(place.cohort_id), starts_in=timedelta(days=1))
    soon = school.live_class(_Id(place.cohort_id), starts_in=timedelta(minutes=10))
    assert later.join_url not in text(learner.get(f"/learn/{place.public_id}/class/{later.public_id}"))
    assert soon.join_url in text(learner.get(f"/learn/{place.public_id}/class/{soon.public_id}"))
    assert soon.join_url in text(learner.get("/learn"))


def test_a_class_goes_into_a_calendar(learner, school, place):
    made = school.live_class(_Id(place.cohort_id), title="Studio; one, two")
    answer = learner.get(f"/learn/{place.public_id}/class/{made.public_id}.ics")
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert event["summary"] == "Studio; one, two"
    assert event.decoded("dtstart") == made.starts_at.replace(microsecond=0)
    assert len(Calendar.from_ical(learner.get("/learn/classes.ics").data).walk("VEVENT")) == 1


def test_a_class_of_another_cohort_is_not_there(learner, school, place):
    other = school.live_class(school.cohort())
    assert learner.get(f"/learn/{place.public_id}/class/{other.public_id}").status_code == 404


def test_lessons_before_the_next_class_of_their_module_are_due(learner, school, program, place):
    reading, studio = lessons("Read me", "Studio")
    studio.kind = LessonKind.LIVE_CLASS
    school.modules(program, ModuleDraft("m", "Week one", "", [reading, studio]))
    school.live_class(_Id(place.cohort_id), lesson_id=school.lesson(program, "studio").id)
    page = text(learner.get("/learn"))
    due = page[page.index("Due before the next class") : page.index("On the way to graduation")]
    assert "Read me" in due
    learner.submit(f"/learn/{place.public_id}/read-me/complete", on=f"/learn/{place.public_id}/read-me")
    assert "You are ready for it" in text(learner.get("/learn"))


def test_the_certificate_line_leads_to_its_public_check(app, learner, ana, place):
    with app.app_context():
        made = Certificate(
            number="FH-2026-1",
            user_id=ana.id,
            enrollment_id=place.id,
            facts={},
            issued_at=place.started_at,
            issued_by_id=ana.id,
        )
        db.session.add(made)
        db.session.commit()
    assert 'href="/verify/FH-2026-1"' in text(learner.get("/learn"))


def test_a_program_without_lessons_says_so(client, school, ana):
    place = school.enrollment(ana, school.cohort())
    learner = client.sign_in(ana)
    assert "still preparing the lessons" in text(learner.get("/learn"))
    assert "Nothing to read yet" in text(learner.get(f"/learn/{place.public_id}/"))


def test_several_programs_are_all_on_the_first_page_in_eight_statements(client, school, ana, place, queries):
    for title in ("Foundations", "Supervision"):
        program = school.program(title=title)
        school.course(program, "One", "Two")
        school.live_class(_Id(school.enrollment(ana, school.cohort(of=program)).cohort_id))
    learner = client.sign_in(ana)
    with queries() as q:
        page = text(learner.get("/learn"))
    assert all(title in page for title in ("Practitioner", "Foundations", "Supervision"))
    assert q.count <= 8, "\n".join(q.sent)
