"""Studying: a lesson is opened, finished, and earns its minutes once; notes are kept beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.dialects.postgresql import insert

from courseware.models import PROGRESS_MOVES, Lesson, LessonKind, LessonProgress, Note, ProgressState, QuizAttempt
from credentials.awarding import award_minutes
from credentials.models import LedgerEntry
from enrollment.models import Enrollment, EnrollmentState
from foundation.db import db
from foundation.errors import Refused

NOTE_LENGTH = 20_000
STUDYING = {EnrollmentState.ACTIVE, EnrollmentState.COMPLETED}


def lesson_key(lesson_id: int, enrollment_id: int) -> str:
    """The ledger's key for a finished lesson."""
    return f"lesson:{lesson_id}:enrollment:{enrollment_id}"


def may_study(enrollment: Enrollment) -> bool:
    """Whoever takes part and has time left to complete it, and whoever has graduated."""
    is_over = enrollment.access_ended_at is not None and enrollment.state != EnrollmentState.COMPLETED
    return enrollment.state in STUDYING and not is_over


def may_read(enrollment: Enrollment) -> bool:
    """Whoever may study, and whoever has a payment open or the time over: they read on, but nothing counts."""
    return enrollment.state in STUDYING or enrollment.state == EnrollmentState.READ_ONLY


def open_lesson(enrollment: Enrollment, lesson_id: int, *, at: datetime) -> None:
    """A lesson is open before its trainee: under way from now on, and the one to come back to."""
    begun = case(
        (LessonProgress.state == ProgressState.NOT_STARTED, ProgressState.UNDER_WAY.value), else_=LessonProgress.state
    )
    db.session.execute(
        insert(LessonProgress)
        .values(
            enrollment_id=enrollment.id,
            lesson_id=lesson_id,
            state=ProgressState.UNDER_WAY,
            opened_at=at,
            where_left="",
        )
        .on_conflict_do_update(
            index_elements=["enrollment_id", "lesson_id"],
            set_={"opened_at": at, "state": begun},
        )
    )


def finish_lesson(enrollment: Enrollment, lesson: Lesson, *, at: datetime) -> LedgerEntry | None:
    """The lesson is done, and its minutes are in the ledger, once; None where a lesson carries no minutes.

    A quiz must have been passed; a live class is finished by attending it. Raises Refused.
    """
    _check_may_finish(enrollment, lesson)
    progress = _locked_progress(enrollment, lesson)
    PROGRESS_MOVES.check(progress.state, ProgressState.FINISHED)
    if progress.state != ProgressState.FINISHED:
        progress.state, progress.finished_at = ProgressState.FINISHED, at
    return _award(enrollment, lesson, at) if lesson.minutes else None


def _check_may_finish(enrollment: Enrollment, lesson: Lesson) -> None:
    if not may_study(enrollment):
        raise Refused("Your place in this program is not active, so nothing can be finished in it.")
    if lesson.kind == LessonKind.LIVE_CLASS:
        raise Refused("A live class is finished by being there: its minutes come from the attendance sheet.")
    if lesson.kind == LessonKind.QUIZ and not best_attempt_passed(enrollment, lesson):
        raise Refused("A quiz is finished by passing it.")


def best_attempt_passed(enrollment: Enrollment, lesson: Lesson) -> bool:
    query = select(QuizAttempt.id).where(
        QuizAttempt.enrollment_id == enrollment.id, QuizAttempt.lesson_id == lesson.id, QuizAttempt.passed
    )
    return db.session.scalar(query.limit(1)) is not None


def _locked_progress(enrollment: Enrollment, lesson: Lesson) -> LessonProgress:
    db.session.execute(
        insert(LessonProgress)
        .values(enrollment_id=enrollment.id, lesson_id=lesson.id, state=ProgressState.NOT_STARTED, where_left="")
        .on_conflict_do_nothing()
    )
    query = select(LessonProgress).where(
        LessonProgress.enrollment_id == enrollment.id, LessonProgress.lesson_id == lesson.id
    )
    return db.session.scalars(query.with_for_update(key_share=True).execution_options(populate_existing=True)).one()


def _award(enrollment: Enrollment, lesson: Lesson, at: datetime) -> LedgerEntry:
    return award_minutes(
        user_id=enrollment.user_id,
        enrollment_id=enrollment.id,
        minutes=lesson.minutes,
        core_minutes=lesson.core_minutes,
        synchronous=lesson.synchronous,
        on=at.astimezone(enrollment.cohort.zone).date(),
        title=lesson.title,
        evidence=_evidence(enrollment, lesson, at),
        source_key=lesson_key(lesson.id, enrollment.id),
        at=at,
    )


def _evidence(enrollment: Enrollment, lesson: Lesson, at: datetime) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "type": "lesson",
        "ref": f"lesson:{lesson.id}",
        "kind": str(lesson.kind),
        "cohort": enrollment.cohort.code,
        "finished_at": at.isoformat(),
    }
    if lesson.kind == LessonKind.QUIZ:
        query = select(QuizAttempt.number, QuizAttempt.percent).where(
            QuizAttempt.enrollment_id == enrollment.id, QuizAttempt.lesson_id == lesson.id, QuizAttempt.passed
        )
        first = db.session.execute(query.order_by(QuizAttempt.number)).first()
        if first:
            facts |= {"attempt": first.number, "percent": first.percent}
    return facts


def leave_at(enrollment: Enrollment, lesson_id: int, where: str, *, at: datetime) -> None:
    """Remember the place in a lesson (whole seconds of a video). Raises Refused where it is no such place."""
    if not (where.isascii() and where.isdecimal()) or len(where) > 6:
        raise Refused("A place in a video is a number of seconds.")
    open_lesson(enrollment, lesson_id, at=at)
    db.session.execute(
        update(LessonProgress)
        .where(LessonProgress.enrollment_id == enrollment.id, LessonProgress.lesson_id == lesson_id)
        .values(where_left=where)
    )


def write_note(enrollment: Enrollment, lesson_id: int, body: str, *, at: datetime) -> None:
    """Keep what the trainee wrote beside a lesson. Raises Refused where it is too long."""
    if len(body) > NOTE_LENGTH:
        raise Refused(f"A note holds up to {NOTE_LENGTH:,} characters; this one has {len(body):,}.", field="body")
    db.session.execute(
        insert(Note)
        .values(enrollment_id=enrollment.id, lesson_id=lesson_id, body=body, updated_at=at)
        .on_conflict_do_update(index_elements=["enrollment_id", "lesson_id"], set_={"body": body, "updated_at": at})
    )
