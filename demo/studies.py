"""Chapter three: who takes part, which lessons they finished and which classes they sat in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from courseware.attending import record_attendance
from courseware.models import Lesson, LessonKind, LiveClass, Module, QuestionKind
from courseware.quizzing import answer, questions_of
from courseware.studying import finish_lesson, open_lesson
from demo.door import AT_THE_DOOR, tap
from demo.people import person
from demo.reading import table
from demo.reports import FROM_ZOOM, save_report
from enrollment import seating
from enrollment.access import pausing
from enrollment.enrolling import activate, move
from enrollment.models import Cohort, Enrollment, EnrollmentState
from foundation.db import db

BOUGHT = {"paid_not_started"}
LATE = {3: 25, 8: 10}


def make_enrollments(at: datetime) -> None:
    """Everybody but those whose purchase is told in a chapter of its own; their seats are taken as staff would."""
    for told in table("people")["trainees"]:
        if told["story"] not in BOUGHT:
            cohort = _cohort(told["cohort"])
            begins = _begins(cohort)
            seat = seating.take(cohort, ref=f"staff:{told['key']}", at=begins)
            activate(person(told["key"]), cohort, seat, at=begins)


def study(at: datetime) -> None:
    """Lessons in order, as many as the story says, spread over the cohort's days up to now."""
    for told, enrollment in _taking_part():
        lessons = _own_lessons(enrollment.cohort.program_id)
        number = round(told["lessons_done_share"] * len(lessons))
        begins = _begins(enrollment.cohort)
        ends = min(at, begins + timedelta(days=(enrollment.cohort.ends_on - enrollment.cohort.starts_on).days))
        for n, lesson in enumerate(lessons[:number]):
            _finish(enrollment, lesson, begins + (ends - begins) * (n + 1) / (number + 1))
        if number < len(lessons) and told["story"] == "mid_course":
            open_lesson(enrollment, lessons[number].id, at=at - timedelta(hours=20))


def _finish(enrollment: Enrollment, lesson: Lesson, at: datetime) -> None:
    if lesson.kind != LessonKind.QUIZ:
        finish_lesson(enrollment, lesson, at=at)
        return
    right = {q.id: {c.id for c in q.choices if c.is_correct} for q in questions_of(lesson.id)}
    first = next((q for q in questions_of(lesson.id) if q.kind == QuestionKind.SINGLE), None)
    if first is not None and enrollment.id % 3 == 0:
        wrong = {c.id for c in first.choices if not c.is_correct}
        answer(enrollment, lesson, right | {first.id: {min(wrong)}}, number=1, at=at - timedelta(minutes=9))
    answer(enrollment, lesson, right, number=2 if enrollment.id % 3 == 0 else 1, at=at)


def attend(at: datetime) -> None:
    """The sheets of every class that is over: mostly everybody, some late, one who missed a studio."""
    people = {enrollment.id: told for told, enrollment in _taking_part()}
    for cohort in db.session.query(Cohort).order_by(Cohort.id):
        classes = db.session.query(LiveClass).filter_by(cohort_id=cohort.id).order_by(LiveClass.starts_at).all()
        enrolled = [(id_, told) for id_, told in people.items() if told["cohort"] == cohort.code]
        for number, one in enumerate(classes, 1):
            ended = one.starts_at + timedelta(minutes=one.minutes + 5)
            minutes = {id_: there for id_, told in enrolled if (there := _there(told, number, one.minutes)) is not None}
            if ended < at and minutes:
                _mark(one, minutes, (cohort.code, number), ended)


def _mark(one: LiveClass, minutes: dict[int, int], which: tuple[str, int], at: datetime) -> None:
    if which == FROM_ZOOM:
        save_report(one, minutes, at)
    elif which == AT_THE_DOOR:
        tap(one, minutes, at)
    else:
        record_attendance(one, minutes, actor=one.instructor, at=at)


def _there(told: dict[str, Any], number: int, full: int) -> int | None:
    """Minutes in a class; None where the person took no part any more."""
    story = told["story"]
    if (story == "withdrawn" and number > 2) or (story == "paused" and number > 14):
        return None
    if story == "missed_class" and number == 9:
        return 0
    if story in {"enrolled", "long_name", "mononym"} and number in LATE:
        return full - LATE[number]
    return full


def end_some(at: datetime) -> None:
    """One paused, one withdrew."""
    for told, enrollment in _taking_part():
        since = _begins(enrollment.cohort)
        if told["story"] == "paused":
            by, why = person("ingrid-solheim-achebe"), "Twins; back with Rowan."
            pausing.pause(enrollment, reason=why, actor=by, at=since + timedelta(weeks=9))
        if told["story"] == "withdrawn":
            move(
                enrollment,
                EnrollmentState.WITHDRAWN,
                at=since + timedelta(days=9),
                why="Left after the second evening.",
            )
            if enrollment.seat is not None:
                seating.release(enrollment.seat, at=since + timedelta(days=9))


def _taking_part() -> Iterator[tuple[dict[str, Any], Enrollment]]:
    for told in table("people")["trainees"]:
        if told["story"] not in BOUGHT:
            cohort = _cohort(told["cohort"])
            yield (
                told,
                db.session.query(Enrollment).filter_by(user_id=person(told["key"]).id, cohort_id=cohort.id).one(),
            )


def _cohort(code: str) -> Cohort:
    return db.session.query(Cohort).filter_by(code=code).one()


def _begins(cohort: Cohort) -> datetime:
    return datetime.combine(cohort.starts_on, datetime.min.time(), cohort.zone).replace(hour=9)


def _own_lessons(program_id: int) -> list[Lesson]:
    """Lessons that one finishes alone, in their order."""
    return (
        db.session.query(Lesson)
        .join(Module, Module.id == Lesson.module_id)
        .filter(Lesson.program_id == program_id, Lesson.kind != LessonKind.LIVE_CLASS)
        .order_by(Module.position, Lesson.position)
        .all()
    )
