"""Reads that several pages need; each takes the person it is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, bindparam, func, select

from courseware.models import Lesson, LessonKind, LessonProgress, Note, QuizAttempt
from enrollment.models import Cohort, Enrollment, Program
from foundation.asking import row, rows
from foundation.db import db
from foundation.entities import Parts, parted
from foundation.errors import NotFound


class Text(NamedTuple):
    """What a lesson shows."""

    id: int
    title: str
    kind: LessonKind
    summary: str
    minutes: int
    core_minutes: int
    body_md: str
    transcript_md: str
    media: dict[str, Any]
    facts: dict[str, Any]
    pass_percent: int


class Attempt(NamedTuple):
    """A try at a quiz, and what came of it."""

    number: int
    answers: list[Any]
    right: int
    total: int
    percent: int
    passed: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """A lesson as it lies before its trainee: with their note, their last try at it, and where they left."""

    lesson: Text
    note: str
    attempt: Attempt | None
    where_left: str


# Of cohort and program what the pages of a course show; the rest is read where somebody asks for it.
MINE = Parts(Enrollment)
COHORT = Parts(
    Cohort, *(Cohort.code, Cohort.program_id, Cohort.title, Cohort.starts_on, Cohort.ends_on, Cohort.time_zone)
)
PROGRAM = Parts(
    Program,
    *(Program.slug, Program.title, Program.level, Program.facts),
    *(Program.minutes, Program.core_minutes, Program.synchronous_minutes),
)


def _with_program() -> Select[*tuple[Any, ...]]:
    return (
        select(*MINE.columns, *COHORT.columns, *PROGRAM.columns)
        .join(Cohort, Cohort.id == Enrollment.cohort_id)
        .join(Program, Program.id == Cohort.program_id)
        .where(Enrollment.user_id == bindparam("user_id"))
    )


def _enrollment(told: Sequence[Any]) -> Enrollment:
    session = db.session()
    of_enrollment, of_cohort, of_program = parted(told, MINE, COHORT, PROGRAM)
    cohort = COHORT.found(session, of_cohort, program=PROGRAM.found(session, of_program))
    found: Enrollment = MINE.held(session, of_enrollment, cohort=cohort)
    return found


def enrollments_of(user_id: int) -> list[Enrollment]:
    """A person's enrollments with cohort and program, the newest first."""
    return [_enrollment(told) for told in rows(_all_enrollments(), {"user_id": user_id})]


@cache
def _all_enrollments() -> Select[*tuple[Any, ...]]:
    return _with_program().order_by(Enrollment.started_at.desc(), Enrollment.id.desc())


def own_enrollment(user_id: int, public_id: str) -> Enrollment:
    """A person's own enrollment. Raises NotFound for anybody else's."""
    found = row(_own_enrollment(), {"user_id": user_id, "public_id": public_id})
    if found is None:
        raise NotFound
    return _enrollment(found)


@cache
def _own_enrollment() -> Select[*tuple[Any, ...]]:
    return _with_program().where(Enrollment.public_id == bindparam("public_id"))


def lesson_in(program_id: int, slug: str) -> Lesson:
    """A lesson by its address within a program. Raises NotFound."""
    found = db.session.scalar(select(Lesson).where(Lesson.program_id == program_id, Lesson.slug == slug))
    if found is None:
        raise NotFound
    return found


def desk_of(enrollment: Enrollment, lesson_id: int) -> Desk:
    """The lesson, the note, the last try and the place, in one statement. Raises NotFound."""
    found = row(_desk(), {"enrollment": enrollment.id, "lesson": lesson_id})
    if found is None:
        raise NotFound
    (note, where_left), text, attempt = found[:2], Text._make(found[2:13]), Attempt._make(found[13:])
    return Desk(text, note or "", attempt if attempt.number is not None else None, where_left or "")


@cache
def _desk() -> Select[*tuple[Any, ...]]:
    enrollment: BindParameter[int] = bindparam("enrollment")
    here = (QuizAttempt.enrollment_id == enrollment) & (QuizAttempt.lesson_id == Lesson.id)
    last = select(func.max(QuizAttempt.number)).where(here).correlate(Lesson).scalar_subquery()
    mine = (LessonProgress.enrollment_id == enrollment) & (LessonProgress.lesson_id == Lesson.id)
    text = [getattr(Lesson, name) for name in Text._fields]
    attempt = [getattr(QuizAttempt, name) for name in Attempt._fields]
    return (
        select(Note.body, LessonProgress.where_left, *text, *attempt)
        .select_from(Lesson)
        .outerjoin(Note, (Note.enrollment_id == enrollment) & (Note.lesson_id == Lesson.id))
        .outerjoin(LessonProgress, mine)
        .outerjoin(QuizAttempt, here & (QuizAttempt.number == last))
        .where(Lesson.id == bindparam("lesson"))
    )
