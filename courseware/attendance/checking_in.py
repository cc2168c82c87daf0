"""Checking in: a trainee taps on coming and on going; when the class is over its minutes stand on the sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import contains_eager

from courseware.attendance import codes
from courseware.attendance.timing import Span, clipped, minutes_within
from courseware.attending import latest_marks, record_attendance
from courseware.models import CheckIn, LiveClass
from courseware.studying import STUDYING, may_study
from enrollment.models import Cohort, Enrollment, EnrollmentState, Program
from foundation.audit import record
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.filters import shown_time

HAS_A_DOOR = STUDYING | {EnrollmentState.READ_ONLY}
WRONG = "This is not the code that is shown now. Look at the screen once more: it changes every minute."


def place_in(user_id: int, public_id: str) -> tuple[Enrollment, LiveClass]:
    """Somebody's own place in a class. Raises NotFound for whoever has none, or one that is closed."""
    query = (
        select(Enrollment, LiveClass)
        .join(Cohort, Cohort.id == Enrollment.cohort_id)
        .join(Program, Program.id == Cohort.program_id)
        .join(LiveClass, LiveClass.cohort_id == Cohort.id)
        .where(Enrollment.user_id == user_id, LiveClass.public_id == public_id, LiveClass.called_off_at.is_(None))
        .where(Enrollment.state.in_(HAS_A_DOOR))
        .options(contains_eager(Enrollment.cohort).contains_eager(Cohort.program))
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def check_in(enrollment: Enrollment, live_class: LiveClass, code: str, *, at: datetime) -> CheckIn:
    """Somebody is there from now on. Tapped twice it is done once. Raises Refused, its `field` the code."""
    if not may_study(enrollment):
        if enrollment.access_ended_at is not None:
            raise Refused("The time to complete this course is over, so no class counts. See your course's page.")
        raise Refused("A payment is open, and until it is paid no class counts. See what is open under your payments.")
    if at < codes.opens_at(live_class):
        opens = shown_time(codes.opens_at(live_class))
        raise Refused(f"It is too early to check in: that opens at {opens}.", field="code")
    if at >= live_class.ends_at:
        raise Refused("This class is over. If you were there, ask your instructor to mark you.", field="code")
    if there := open_stay(enrollment.id, live_class.id):
        return there
    if not codes.is_right(live_class, code, at):
        raise Refused(WRONG, field="code")
    values = {"live_class_id": live_class.id, "enrollment_id": enrollment.id, "came_at": at}
    made = db.session.scalar(insert(CheckIn).values(**values).on_conflict_do_nothing().returning(CheckIn.id))
    there = open_stay(enrollment.id, live_class.id)
    assert there is not None
    if made is not None:
        record("class.checked_in", subject=live_class, actor=enrollment.user, at=at, enrollment=enrollment.id)
    return there


def check_out(enrollment: Enrollment, live_class: LiveClass, *, at: datetime) -> CheckIn | None:
    """Somebody goes; what was open, now closed. Tapped twice it is done once: nothing is open then."""
    there = open_stay(enrollment.id, live_class.id, locked=True)
    if there is None:
        return None
    there.went_at = max(there.came_at, min(at, live_class.ends_at))
    record("class.checked_out", subject=live_class, actor=enrollment.user, at=at, enrollment=enrollment.id)
    db.session.flush()
    return there


def open_stay(enrollment_id: int, class_id: int, *, locked: bool = False) -> CheckIn | None:
    query = select(CheckIn).where(
        CheckIn.live_class_id == class_id, CheckIn.enrollment_id == enrollment_id, CheckIn.went_at.is_(None)
    )
    return db.session.scalar(query.with_for_update(key_share=True) if locked else query)


def stays_of(class_id: int, enrollment_id: int | None = None) -> dict[int, list[CheckIn]]:
    """Who came and went, by enrollment, in order; one statement."""
    query = select(CheckIn).where(CheckIn.live_class_id == class_id).order_by(CheckIn.came_at, CheckIn.id)
    found: dict[int, list[CheckIn]] = defaultdict(list)
    for one in db.session.scalars(query.where(CheckIn.enrollment_id == enrollment_id) if enrollment_id else query):
        found[one.enrollment_id].append(one)
    return dict(found)


def spans_in(live_class: LiveClass, stays: Iterable[CheckIn]) -> list[Span]:
    """The times inside the class; a stay that is still open lasts until its end."""
    spans = [(one.came_at, one.went_at or live_class.ends_at) for one in stays]
    return clipped(spans, live_class.starts_at, live_class.ends_at)


def classes_to_close(at: datetime) -> list[int]:
    """Classes that are over and whose taps have not been counted, the oldest first."""
    ends = LiveClass.starts_at + LiveClass.minutes * timedelta(minutes=1)
    query = select(LiveClass.id).join(CheckIn).where(CheckIn.counted_at.is_(None), ends <= at)
    return list(db.session.scalars(query.group_by(LiveClass.id).order_by(LiveClass.starts_at, LiveClass.id)))


def close_class(class_id: int, *, at: datetime) -> int:
    """Count everybody's taps in a class that is over; how many were marked. Whom a person has marked stays as marked.

    Done twice it is done once.
    """
    live_class = db.session.scalars(
        select(LiveClass).where(LiveClass.id == class_id).with_for_update(key_share=True)
    ).one()
    if at < live_class.ends_at:
        return 0
    stays = stays_of(class_id)
    if all(one.counted_at for each in stays.values() for one in each):
        return 0
    marked = latest_marks(class_id)
    spans = {id_: spans_in(live_class, each) for id_, each in stays.items() if id_ not in marked}
    minutes = {id_: minutes_within(found, live_class.starts_at, live_class.ends_at) for id_, found in spans.items()}
    there = {id_: number for id_, number in minutes.items() if number}
    source = {id_: {"check_in": _taps(stays[id_])} for id_ in there}
    record_attendance(live_class, there, times=spans, source=source, actor=None, at=at)
    _count(live_class, stays, at)
    return len(there)


def _taps(stays: Sequence[CheckIn]) -> Mapping[str, object]:
    return {"stays": len(stays), "left_open": any(one.is_open for one in stays)}


def _count(live_class: LiveClass, stays: Mapping[int, Sequence[CheckIn]], at: datetime) -> None:
    for one in (one for each in stays.values() for one in each):
        one.went_at = one.went_at or max(one.came_at, live_class.ends_at)
        one.counted_at = one.counted_at or at
    db.session.flush()
