"""Reads of the staff's class and course pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import contains_eager, load_only

from accounts.models import User
from courseware.models import Attendance, Lesson, LiveClass, Module
from enrollment.models import Cohort, Enrollment, EnrollmentState, Program
from foundation.db import db
from foundation.errors import NotFound

ALL_CLASSES = ("registrar", "owner")
ON_THE_SHEET = (EnrollmentState.ACTIVE, EnrollmentState.COMPLETED, EnrollmentState.PAUSED)


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class in the list: how many are expected, how many are marked."""

    live_class: LiveClass
    instructor: str
    expected: int
    marked: int


@dataclass(frozen=True, slots=True)
class Person:
    """A line of an attendance sheet. `minutes` is None until somebody marked it."""

    enrollment_id: int
    name: str
    email: str
    state: EnrollmentState
    minutes: int | None
    reason: str


def _classes_for(user: User) -> Select[Any]:
    """Classes that a person may see: an instructor those they teach, the registrar all."""
    query = (
        select(LiveClass)
        .join(Cohort, Cohort.id == LiveClass.cohort_id)
        .join(Program, Program.id == Cohort.program_id)
        .options(contains_eager(LiveClass.cohort).contains_eager(Cohort.program))
    )
    return query.where(may_mark(user), LiveClass.called_off_at.is_(None))


def may_mark(user: User) -> ColumnElement[bool]:
    """SQL over classes and their cohorts: which a person may mark."""
    if any(user.has_role(role) for role in ALL_CLASSES):
        return true()
    return (LiveClass.instructor_id == user.id) | (Cohort.instructor_id == user.id)


def class_for(user: User, class_id: int) -> LiveClass:
    """A class that this person may mark. Raises NotFound."""
    found: LiveClass | None = db.session.scalar(_classes_for(user).where(LiveClass.id == class_id))
    if found is None:
        raise NotFound
    return found


def class_list(user: User, *, at: datetime, coming: bool, words: str = "", open_only: bool = False) -> Select[Any]:
    """Coming classes (from twelve hours ago on), or those that are over, the newest first; see `class_row`.

    `words` of a class, its cohort or its teacher; `open_only`: somebody on the sheet is not marked yet.
    """
    edge = at - timedelta(hours=12)
    expected = (
        select(func.count(Enrollment.id))
        .where(Enrollment.cohort_id == LiveClass.cohort_id, Enrollment.state.in_(ON_THE_SHEET))
        .correlate(LiveClass)
        .scalar_subquery()
    )
    marked = (
        select(func.count(func.distinct(Attendance.enrollment_id)))
        .where(Attendance.live_class_id == LiveClass.id)
        .correlate(LiveClass)
        .scalar_subquery()
    )
    query = _classes_for(user).outerjoin(User, User.id == LiveClass.instructor_id)
    query = query.add_columns(User.name, expected, marked)
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        named = (LiveClass.title, Cohort.title, Cohort.code, Program.title, User.name)
        query = query.where(or_(*(one.ilike(like) for one in named)))
    if open_only:
        query = query.where(marked < expected)
    when = LiveClass.starts_at >= edge if coming else LiveClass.starts_at < edge
    order = LiveClass.starts_at.asc() if coming else LiveClass.starts_at.desc()
    return query.where(when).order_by(order, LiveClass.id)


def class_row(row: Any) -> ClassRow:
    return ClassRow(row[0], row[1] or "", row[2], row[3])


def sheet(live_class: LiveClass) -> list[Person]:
    """Who belongs on the sheet, by name, with the mark that holds; one statement."""
    last = (
        select(Attendance.enrollment_id, Attendance.minutes, Attendance.reason)
        .where(Attendance.live_class_id == live_class.id)
        .order_by(Attendance.enrollment_id, Attendance.number.desc())
        .distinct(Attendance.enrollment_id)
        .subquery()
    )
    query = (
        select(Enrollment.id, User.name, User.email, Enrollment.state, last.c.minutes, last.c.reason)
        .join(User, User.id == Enrollment.user_id)
        .outerjoin(last, last.c.enrollment_id == Enrollment.id)
        .where(Enrollment.cohort_id == live_class.cohort_id)
        .where(Enrollment.state.in_(ON_THE_SHEET) | last.c.minutes.is_not(None))
        .order_by(func.lower(User.name), Enrollment.id)
    )
    return [Person(row[0], row[1], row[2], row[3], row[4], row[5] or "") for row in db.session.execute(query)]


def course_list() -> list[tuple[Program, int, int]]:
    """Programs with the number of their modules and lessons."""
    modules = select(func.count(Module.id)).where(Module.program_id == Program.id).correlate(Program).scalar_subquery()
    lessons = select(func.count(Lesson.id)).where(Lesson.program_id == Program.id).correlate(Program).scalar_subquery()
    rows = db.session.execute(select(Program, modules, lessons).order_by(Program.position, Program.title, Program.id))
    return [(row[0], row[1], row[2]) for row in rows]


def program_by(slug: str) -> Program:
    found = db.session.scalar(select(Program).where(Program.slug == slug))
    if found is None:
        raise NotFound
    return found


def lessons_of(program: Program) -> list[Lesson]:
    """All lessons with their modules, in order, without their texts; one statement."""
    query = (
        select(Lesson)
        .join(Module, Module.id == Lesson.module_id)
        .where(Lesson.program_id == program.id)
        .options(contains_eager(Lesson.module), load_only(*LISTED))
        .order_by(Module.position, Module.id, Lesson.position, Lesson.id)
    )
    return list(db.session.scalars(query))


LISTED = (
    *(Lesson.slug, Lesson.title, Lesson.kind, Lesson.minutes, Lesson.core_minutes, Lesson.module_id),
    *(Lesson.position, Lesson.summary),
)
