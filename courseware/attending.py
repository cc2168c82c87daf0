"""Attending: who was in a live class, for how many minutes, and what that earns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from accounts.models import User
from courseware.attendance.timing import Span, core_share
from courseware.makeups.settling import resettle
from courseware.models import Attendance, LiveClass
from credentials.awarding import award_minutes, reverse
from credentials.models import LedgerEntry
from enrollment.models import Cohort, Enrollment
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused


def class_key(class_id: int, enrollment_id: int, number: int = 1) -> str:
    """The ledger's key for an attended class; a corrected mark has its number behind it."""
    key = f"class:{class_id}:enrollment:{enrollment_id}"
    return key if number == 1 else f"{key}:mark:{number}"


def latest_marks(class_id: int) -> dict[int, Attendance]:
    """The mark that holds, by enrollment id."""
    query = (
        select(Attendance)
        .where(Attendance.live_class_id == class_id)
        .order_by(Attendance.enrollment_id, Attendance.number.desc())
        .distinct(Attendance.enrollment_id)
    )
    return {mark.enrollment_id: mark for mark in db.session.scalars(query)}


def latest_mark(class_id: int, enrollment_id: int) -> Attendance | None:
    """The mark that holds for one person; None where nobody has marked them."""
    mine = (Attendance.live_class_id == class_id, Attendance.enrollment_id == enrollment_id)
    return db.session.scalar(select(Attendance).where(*mine).order_by(Attendance.number.desc()).limit(1))


def lock_class(class_id: int) -> None:
    """Whoever writes minutes of a class holds its row, so that two are one after the other."""
    db.session.scalars(select(LiveClass.id).where(LiveClass.id == class_id).with_for_update(key_share=True)).one()


def latest_mark_id(class_id: int) -> int:
    """The newest mark of a class: what whoever opens the sheet has seen. 0 where there is none."""
    return db.session.scalar(select(func.max(Attendance.id)).where(Attendance.live_class_id == class_id)) or 0


def record_attendance(
    live_class: LiveClass,
    minutes: Mapping[int, int],
    *,
    actor: User | None,
    reason: str = "",
    at: datetime,
    times: Mapping[int, Sequence[Span]] | None = None,
    seen: int | None = None,
    source: Mapping[int, Mapping[str, Any]] | None = None,
) -> int:
    """Mark people by enrollment id; 0 minutes is absent. Answers with the number of marks that are new or changed.

    Minutes go to the ledger once for a mark. A changed mark needs a reason: the old line is reversed with it, and the
    new minutes are awarded. Said again with the same minutes, nothing happens. `times` are the spans behind minutes
    and `source` the document they were read from, both kept as evidence; `seen` is the newest mark that the sheet's
    reader knew of: a later one is not overwritten unseen. Raises Refused, its `field` the input.
    """
    if at < live_class.starts_at:
        raise Refused("This class has not begun yet. Mark who is there once it has.")
    lock_class(live_class.id)
    people = _enrollments(live_class, minutes)
    marks = latest_marks(live_class.id)
    changed = {id_: m for id_, m in minutes.items() if id_ not in marks or marks[id_].minutes != m}
    _check_seen(changed, marks, people, seen)
    _check(live_class, changed, marks, reason)
    for enrollment_id, there in changed.items():
        shown = _shown((times or {}).get(enrollment_id, ())) | dict((source or {}).get(enrollment_id, {}))
        _mark(live_class, people[enrollment_id], there, shown, marks.get(enrollment_id), actor, reason.strip(), at)
    return len(changed)


def _shown(spans: Sequence[Span]) -> dict[str, Any]:
    """Times as evidence holds them."""
    return {"times": [[a.isoformat(), b.isoformat()] for a, b in spans]} if spans else {}


def _enrollments(live_class: LiveClass, minutes: Mapping[int, int]) -> dict[int, Enrollment]:
    query = select(Enrollment).where(Enrollment.cohort_id == live_class.cohort_id, Enrollment.id.in_(list(minutes)))
    found = {e.id: e for e in db.session.scalars(query)}
    if missing := set(minutes) - set(found):
        raise Refused("Somebody on this sheet is not in the cohort.", field=f"minutes-{min(missing)}")
    return found


def _check_seen(
    changed: Mapping[int, int], marks: Mapping[int, Attendance], people: Mapping[int, Enrollment], seen: int | None
) -> None:
    """Two people may save one sheet at once: what the other wrote meanwhile is shown before it is changed."""
    unseen = [id_ for id_ in changed if seen is not None and id_ in marks and marks[id_].id > seen]
    if unseen:
        names = ", ".join(f"{people[id_].user.name} ({marks[id_].minutes} min)" for id_ in unseen)
        raise Refused(
            f"Somebody else saved meanwhile: {names}. Nothing of yours is saved yet. Look, then save again.",
            field=f"minutes-{unseen[0]}",
        )


def _check(live_class: LiveClass, changed: Mapping[int, int], marks: Mapping[int, Attendance], reason: str) -> None:
    for enrollment_id, there in changed.items():
        if not 0 <= there <= live_class.minutes:
            raise Refused(f"From 0 to {live_class.minutes} minutes.", field=f"minutes-{enrollment_id}")
    if not reason.strip() and any(id_ in marks for id_ in changed):
        raise Refused("Say why you change what was saved; it is kept with the hours.", field="reason")


def _mark(
    live_class: LiveClass,
    enrollment: Enrollment,
    minutes: int,
    shown: Mapping[str, Any],
    old: Attendance | None,
    actor: User | None,
    reason: str,
    at: datetime,
) -> None:
    number = old.number + 1 if old else 1
    mark = Attendance(
        live_class_id=live_class.id,
        enrollment_id=enrollment.id,
        number=number,
        minutes=minutes,
        reason=reason if old else "",
        marked_by_id=actor.id if actor else None,
        at=at,
    )
    db.session.add(mark)
    if old and old.minutes:
        _take_back(class_key(live_class.id, enrollment.id, old.number), reason, actor, at)
    if minutes:
        _award(live_class, enrollment, minutes, shown, number, actor, at)
    db.session.flush()
    if old:
        resettle(live_class, enrollment, minutes, mark=number, reason=reason, actor=actor, at=at)
    record("attendance.marked", subject=live_class, actor=actor, at=at, enrollment=enrollment.id, minutes=minutes)


def _take_back(source_key: str, reason: str, actor: User | None, at: datetime) -> None:
    entry = db.session.scalar(select(LedgerEntry).where(LedgerEntry.source_key == source_key))
    if entry is not None:
        reverse(entry, reason, actor, at)


def _award(
    live_class: LiveClass,
    enrollment: Enrollment,
    minutes: int,
    shown: Mapping[str, Any],
    number: int,
    actor: User | None,
    at: datetime,
) -> None:
    cohort: Cohort = live_class.cohort
    award_minutes(
        user_id=enrollment.user_id,
        enrollment_id=enrollment.id,
        minutes=minutes,
        core_minutes=core_share(live_class, minutes),
        synchronous=True,
        on=live_class.starts_at.astimezone(cohort.zone).date(),
        title=live_class.title,
        evidence={
            "type": "class",
            "ref": f"class:{live_class.id}",
            "cohort": cohort.code,
            "of_minutes": live_class.minutes,
            "mark": number,
            **shown,
        },
        source_key=class_key(live_class.id, enrollment.id, number),
        at=at,
        actor=actor,
    )
