"""Several at the same moment: each of these ends as if one had come alone."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from sqlalchemy import func, select

from credentials import certifying, reviewing
from credentials.awarding import award_minutes, reverse
from credentials.models import Certificate, Client, CoachingSession, LedgerEntry, ReviewDecision
from credentials.summing import totals_of
from enrollment.models import Enrollment
from foundation.db import db
from mail.models import Letter

TIMES = 12


def at_once(work):
    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(work, range(TIMES)))


def how_many(school, model):
    with school.app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def test_a_lesson_finished_twelve_times_at_once_earns_its_minutes_once(school):
    enrollment = school.enrollment(school.user(), school.cohort())

    def finish(_):
        with school.app.app_context():
            award_minutes(
                user_id=enrollment.user_id, enrollment_id=enrollment.id, minutes=30, core_minutes=30, synchronous=False,
                on=date(2026, 3, 14), title="Staying", evidence={"type": "lesson"}, source_key="lesson:1:enrollment:1",
                at=school.now(),
            )  # fmt: skip
            db.session.commit()

    at_once(finish)
    with school.app.app_context():
        assert totals_of(enrollment.user_id).minutes() == 30


def test_a_line_taken_back_twelve_times_at_once_is_taken_back_once(school):
    entry = school.lesson_hours(school.enrollment(school.user(), school.cohort()))

    def take_back(_):
        with school.app.app_context():
            reverse(db.session.get(LedgerEntry, entry.id), "A mistake", None, school.now())
            db.session.commit()

    at_once(take_back)
    assert how_many(school, LedgerEntry) == 2


def test_a_certificate_asked_for_twelve_times_at_once_is_issued_once_with_one_letter(school):
    enrollment, rosa = school.graduate_to_be(), school.user("Rosa", "registrar")

    def issue(_):
        with school.app.app_context():
            made = certifying.issue(db.session.get(Enrollment, enrollment.id), db.session.merge(rosa), school.now())
            db.session.commit()
            return made.number

    assert len(set(at_once(issue))) == 1
    assert (how_many(school, Certificate), how_many(school, Letter)) == (1, 1)


def test_a_line_approved_by_twelve_clicks_at_once_is_decided_once(school):
    entry = school.lesson_hours(school.enrollment(school.user(), school.cohort()))
    rosa = school.user("Rosa", "registrar")

    def approve(_):
        with school.app.app_context():
            reviewing.approve([entry.public_id], db.session.merge(rosa), school.now())
            db.session.commit()

    at_once(approve)
    assert how_many(school, ReviewDecision) == 1


def test_a_form_sent_twelve_times_at_once_logs_one_session_with_one_new_client(school, client):
    user = school.user()
    page = client.sign_in(user).get("/hours/log").get_data(as_text=True)
    said = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', page).group(1) for name in ("csrf_token", "once", "on")
    }
    said |= {"client": "", "client_name": "Wren", "consent": "given", "minutes": "45", "payment": "paid"}
    said |= {"format": "individual"}
    cookie = client.get_cookie("session").value

    def send(_):
        browser = school.app.test_client()
        browser.set_cookie("session", cookie)
        return browser.post("/hours/log", data=said).status_code

    assert set(at_once(send)) == {303}
    assert (how_many(school, CoachingSession), how_many(school, Client)) == (1, 1)
