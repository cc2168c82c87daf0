"""What holds when two things happen at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import func, select

from courseware.attending import record_attendance
from courseware.models import Lesson, LiveClass
from courseware.studying import finish_lesson
from credentials.models import LedgerEntry
from enrollment.models import Enrollment
from foundation.db import db


def at_once(app, act, times: int = 6) -> None:
    def one(_: int) -> None:
        with app.app_context():
            act()
            db.session.commit()

    with ThreadPoolExecutor(times) as pool:
        list(pool.map(one, range(times)))


def test_a_lesson_completed_six_times_at_once_earns_its_minutes_once(app, school):
    program = school.program()
    school.course(program, "What coaching is")
    place = school.enrollment(school.user(), school.cohort(of=program))
    lesson = school.lesson(program, "what-coaching-is")

    def act() -> None:
        finish_lesson(db.session.get_one(Enrollment, place.id), db.session.get_one(Lesson, lesson.id), at=school.now())

    at_once(app, act)
    with app.app_context():
        assert db.session.scalar(select(func.sum(LedgerEntry.minutes))) == 45


def test_a_sheet_saved_six_times_at_once_is_saved_once(app, school):
    cohort = school.cohort()
    place = school.enrollment(school.user(), cohort)
    made = school.live_class(cohort, starts_in=-timedelta(hours=1))

    def act() -> None:
        record_attendance(db.session.get_one(LiveClass, made.id), {place.id: 90}, actor=None, at=school.now())

    at_once(app, act)
    with app.app_context():
        assert [e.minutes for e in db.session.scalars(select(LedgerEntry))] == [90]
