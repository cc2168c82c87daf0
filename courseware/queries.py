"""Reads that several pages need; each takes the person it is for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, select
from sqlalchemy.orm import contains_eager

from courseware.models import Lesson, LessonProgress, Note, QuizAttempt
from enrollment.models import Cohort, Enrollment, Program
from foundation.db import db
from foundation.errors import NotFound


@dataclass(frozen=True, slots=True)
class Desk:
    """A lesson as it lies before its trainee: with their note, their last try at it, and where they left."""

    lesson: Lesson
    note: str
    attempt: QuizAttempt | None
    where_left: str


def _with_program() -> Select[Enrollment]:
    """Of cohort and program what the pages of a course show; the rest is read where somebody asks for it."""
    cohort = (Cohort.code, Cohort.program_id, Cohort.title, Cohort.starts_on, Cohort.ends_on, Cohort.time_zone)
    times = (Program.minutes, Program.core_minutes, Program.synchronous_minutes)
    program = (Program.slug, Program.title, Program.level, Program.facts, *times)
    known = contains_eager(Enrollment.cohort).load_only(*cohort)
    return (
        select(Enrollment)
        .join(Cohort, Cohort.id == Enrollment.cohort_id)
        .join(Program, Program.id == Cohort.program_id)
        .options(known.contains_eager(Cohort.program).load_only(*program))
    )


def enrollments_of(user_id: int) -> list[Enrollment]:
    """A person's enrollments with cohort and program, the newest first."""
    mine = _with_program().where(Enrollment.user_id == user_id)
    return list(db.session.scalars(mine.order_by(Enrollment.started_at.desc(), Enrollment.id.desc())))


def own_enrollment(user_id: int, public_id: str) -> Enrollment:
    """A person's own enrollment. Raises NotFound for anybody else's."""
    found = db.session.scalar(_own_enrollment(), {"user_id": user_id, "public_id": public_id})
    if found is None:
        raise NotFound
    return found


@cache
def _own_enrollment() -> Select[Enrollment]:
    mine = (Enrollment.user_id == bindparam("user_id"), Enrollment.public_id == bindparam("public_id"))
    return _with_program().where(*mine)


def lesson_in(program_id: int, slug: str) -> Lesson:
    """A lesson by its address within a program. Raises NotFound."""
    found = db.session.scalar(select(Lesson).where(Lesson.program_id == program_id, Lesson.slug == slug))
    if found is None:
        raise NotFound
    return found


def desk_of(enrollment: Enrollment, lesson_id: int) -> Desk:
    """The lesson, the note, the last try and the place, in one statement. Raises NotFound."""
    row = db.session.execute(_desk(), {"enrollment": enrollment.id, "lesson": lesson_id}).one_or_none()
    if row is None:
        raise NotFound
    return Desk(row[0], row[1] or "", row[2], row[3] or "")


@cache
def _desk() -> Select[*tuple[Any, ...]]:
    enrollment: BindParameter[int] = bindparam("enrollment")
    here = (QuizAttempt.enrollment_id == enrollment) & (QuizAttempt.lesson_id == Lesson.id)
    last = select(func.max(QuizAttempt.number)).where(here).correlate(Lesson).scalar_subquery()
    mine = (LessonProgress.enrollment_id == enrollment) & (LessonProgress.lesson_id == Lesson.id)
    return (
        select(Lesson, Note.body, QuizAttempt, LessonProgress.where_left)
        .outerjoin(Note, (Note.enrollment_id == enrollment) & (Note.lesson_id == Lesson.id))
        .outerjoin(LessonProgress, mine)
        .outerjoin(QuizAttempt, here & (QuizAttempt.number == last))
        .where(Lesson.id == bindparam("lesson"))
    )
