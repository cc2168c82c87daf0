"""Scheduling: a cohort's live classes get their hour, their room and their teacher."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from accounts.models import User
from courseware.models import Attendance, Lesson, LessonKind, LiveClass
from enrollment.models import Cohort
from foundation.audit import record
from foundation.db import db, new_public_id
from foundation.errors import Refused


def schedule(
    cohort: Cohort,
    *,
    title: str,
    starts_at: datetime,
    minutes: int,
    core_minutes: int,
    at: datetime,
    lesson: Lesson | None = None,
    join_url: str = "",
    instructor: User | None = None,
    actor: User | None = None,
) -> LiveClass:
    """A class at an hour, once for a cohort and that hour: said again, room and teacher are brought up to date.

    Lengths are whole minutes. Raises Refused where they can't be, and where a class that was marked would change.
    """
    check(cohort, minutes, core_minutes, lesson, join_url)
    added = db.session.execute(
        insert(LiveClass)
        .values(
            public_id=new_public_id(),
            cohort_id=cohort.id,
            lesson_id=lesson.id if lesson else None,
            title=title,
            starts_at=starts_at,
            minutes=minutes,
            core_minutes=core_minutes,
            join_url=join_url,
            instructor_id=instructor.id if instructor else None,
        )
        .on_conflict_do_nothing(
            index_elements=["cohort_id", "starts_at"], index_where=LiveClass.called_off_at.is_(None)
        )
        .returning(LiveClass.id)
    ).scalar_one_or_none()
    there = select(LiveClass).filter_by(cohort_id=cohort.id, starts_at=starts_at, called_off_at=None)
    found = db.session.scalars(there).one()
    if added is None:
        _keep_length(found, minutes, core_minutes)
        found.title, found.join_url = title, join_url
        found.lesson_id = lesson.id if lesson else None
        found.instructor_id = instructor.id if instructor else None
    else:
        record("live_class.scheduled", subject=found, actor=actor, at=at, cohort=cohort.code)
    return found


def check(cohort: Cohort, minutes: int, core_minutes: int, lesson: Lesson | None, join_url: str) -> None:
    """Raises Refused beside the field."""
    if not 0 < minutes <= 1440 or not 0 <= core_minutes <= minutes:
        raise Refused("A class lasts from one minute to a day, and has no more core minutes than minutes.", "minutes")
    if lesson is not None and (lesson.kind != LessonKind.LIVE_CLASS or lesson.program_id != cohort.program_id):
        raise Refused("Choose a live class of this cohort's program.", "lesson")
    if join_url and not join_url.startswith(("https://", "http://")):
        raise Refused("The way in is an address that begins with https://.", "join_url")


def _keep_length(live_class: LiveClass, minutes: int, core_minutes: int) -> None:
    """Hours were counted from the length: once somebody is marked it stays."""
    if (live_class.minutes, live_class.core_minutes) == (minutes, core_minutes):
        return
    marked = select(Attendance.id).where(Attendance.live_class_id == live_class.id).limit(1)
    if db.session.scalar(marked) is not None:
        raise Refused("People are marked for this class, so its length stays.", "minutes")
    live_class.minutes, live_class.core_minutes = minutes, core_minutes


def class_days(cohort: Cohort) -> list[date]:
    """The days on which a cohort has a class, in its own zone."""
    query = select(LiveClass.starts_at).where(LiveClass.cohort_id == cohort.id, LiveClass.called_off_at.is_(None))
    starts = db.session.scalars(query)
    return [moment.astimezone(cohort.zone).date() for moment in starts]
