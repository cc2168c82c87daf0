"""Changing: one class moves, gets another room or teacher, or is called off; what was attended is never touched."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from accounts.models import User
from courseware.models import Attendance, LiveClass
from courseware.scheduling import check
from courseware.timetable import telling
from courseware.timetable.laying import ClassDraft
from enrollment.models import Cohort
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused

SOMEBODY = "Somebody else has changed this class since you opened the page. Look at it as it is now, then save again."
MARKED = "People are marked for this class, so its day and its length stay."
BEGUN = "This class has begun already."


def change(
    live_class: LiveClass, starts_at: datetime, draft: ClassDraft, *, seen: int, actor: User, at: datetime
) -> bool:
    """Bring a class to what was typed; False where nothing differs. Whoever is enrolled hears of a new hour or room.

    Raises Refused beside the field.
    """
    _lock(live_class, seen)
    check(live_class.cohort, draft.minutes, draft.core_minutes, draft.lesson, draft.join_url)
    was = _facts(live_class)
    timed = (starts_at, draft.minutes, draft.core_minutes)
    if timed != (live_class.starts_at, live_class.minutes, live_class.core_minutes):
        _check_time(live_class, starts_at, at)
        live_class.starts_at, live_class.minutes, live_class.core_minutes = timed
    live_class.title, live_class.join_url = draft.title, draft.join_url
    live_class.lesson_id = draft.lesson.id if draft.lesson else None
    live_class.instructor_id = draft.instructor.id if draft.instructor else None
    now = _facts(live_class)
    changed = {name: [was[name], now[name]] for name in was if was[name] != now[name]}
    if not changed:
        return False
    live_class.sequence += 1
    db.session.flush()
    db.session.refresh(live_class)
    line = record("live_class.changed", subject=live_class, actor=actor, at=at, **changed)
    if changed.keys() & {"starts_at", "minutes", "join_url"}:
        telling.moved(live_class, datetime.fromisoformat(was["starts_at"]), line, at=at)
    return True


def _lock(live_class: LiveClass, seen: int) -> None:
    """As it is now, nobody else changing it until the transaction ends."""
    db.session.scalars(select(LiveClass.id).where(LiveClass.id == live_class.id).with_for_update(key_share=True)).one()
    db.session.refresh(live_class)
    if live_class.called_off_at is not None:
        raise Refused("This class was called off.")
    if live_class.sequence != seen:
        raise Refused(SOMEBODY)


def _facts(live_class: LiveClass) -> dict[str, str]:
    names = ("title", "minutes", "core_minutes", "join_url", "lesson_id", "instructor_id")
    told = {name: str(getattr(live_class, name) or "") for name in names}
    return told | {"starts_at": live_class.starts_at.isoformat()}


def _check_time(live_class: LiveClass, starts_at: datetime, at: datetime) -> None:
    if _is_marked(live_class):
        raise Refused(MARKED, "starts_at")
    if starts_at == live_class.starts_at:
        return
    if live_class.starts_at <= at:
        raise Refused(BEGUN, "starts_at")
    if starts_at <= at:
        raise Refused("This hour has gone by.", "starts_at")
    there = select(LiveClass.id).where(LiveClass.cohort_id == live_class.cohort_id, LiveClass.starts_at == starts_at)
    if db.session.scalar(there.where(LiveClass.called_off_at.is_(None))) is not None:
        raise Refused("The cohort has another class at this hour.", "starts_at")


def _is_marked(live_class: LiveClass) -> bool:
    query = select(Attendance.id).where(Attendance.live_class_id == live_class.id).limit(1)
    return db.session.scalar(query) is not None


def call_off(live_class: LiveClass, *, reason: str, seen: int, actor: User, at: datetime) -> None:
    """A class does not take place. Its row stays, so that calendars take it out. Raises Refused."""
    _lock(live_class, seen)
    if live_class.starts_at <= at or _is_marked(live_class):
        raise Refused(BEGUN, "reason")
    live_class.called_off_at = at
    live_class.sequence += 1
    line = record("live_class.called_off", subject=live_class, actor=actor, at=at, reason=reason)
    telling.called_off(live_class, reason, line, at=at)


def call_off_all(cohort: Cohort, actor: User, at: datetime) -> None:
    """The cohort does not take place: none of its classes to come does. Its people hear of the cohort, not of each."""
    to_come = select(LiveClass).where(LiveClass.cohort_id == cohort.id, LiveClass.starts_at > at)
    to_come = to_come.where(LiveClass.called_off_at.is_(None)).order_by(LiveClass.starts_at, LiveClass.id)
    for one in db.session.scalars(to_come.with_for_update(key_share=True)):
        one.called_off_at = at
        one.sequence += 1
        record("live_class.called_off", subject=one, actor=actor, at=at, reason="The cohort was called off")
