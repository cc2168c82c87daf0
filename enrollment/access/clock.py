"""The clock of one enrollment: begun with the cohort, stopped by a pause, moved with a move, longer by an extension.

The last day is a day of the cohort's calendar, and whole; what is done on it counts. Afterwards the course can be read
only. Graduates keep what they have: for them no clock runs.
"""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta

from sqlalchemy import select

from accounts.models import User
from enrollment.access import letters
from enrollment.access.models import AccessChange, AccessKind
from enrollment.models import Cohort, Enrollment, EnrollmentState
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused

MOST_MONTHS = 60
RUNS = {EnrollmentState.ACTIVE, EnrollmentState.READ_ONLY, EnrollmentState.SUSPENDED}


def after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def today(enrollment: Enrollment, at: datetime) -> date:
    return at.astimezone(enrollment.cohort.zone).date()


def begin(enrollment: Enrollment, months: int, *, at: datetime) -> None:
    """The clock runs from the cohort's first day. Said twice, it is one."""
    if enrollment.access_until is None:
        write(enrollment, AccessKind.BEGUN, after(enrollment.cohort.starts_on, months), at=at)


def extend(
    enrollment: Enrollment,
    months: int,
    *,
    at: datetime,
    key: str | None = None,
    actor: User | None = None,
    reason: str = "",
    is_given: bool = False,
) -> bool:
    """Add months to the last day, or to today where it has gone by. With a `key` it is done once: False the next time.

    Raises Refused.
    """
    lock(enrollment)
    if key is not None and db.session.scalar(select(AccessChange.id).where(AccessChange.key == key)):
        return False
    if not 1 <= months <= MOST_MONTHS:
        raise Refused(f"From 1 to {MOST_MONTHS} months.", "months")
    if enrollment.state in {EnrollmentState.WITHDRAWN, EnrollmentState.COMPLETED}:
        raise Refused("This course has ended.")
    from_day = max(enrollment.access_until or today(enrollment, at), today(enrollment, at))
    kind = AccessKind.GIVEN if is_given else AccessKind.BOUGHT
    change = write(enrollment, kind, after(from_day, months), at=at, actor=actor, reason=reason, key=key)
    enrollment.access_ended_at = None
    letters.extended(enrollment, change, at=at)
    return True


def follow_move(enrollment: Enrollment, old: Cohort, *, at: datetime) -> None:
    """Whoever moves to a later cohort has as much longer as it begins later; never less."""
    later = enrollment.cohort.starts_on - old.starts_on
    if enrollment.access_until is not None and later > timedelta():
        write(enrollment, AccessKind.MOVED, enrollment.access_until + later, at=at)
    enrollment.paused_since = None


def run_out(enrollment: Enrollment, *, at: datetime) -> bool:
    """The last day has gone by: from now on the course can be read only. True for the one who ended it."""
    lock(enrollment)
    until = enrollment.access_until
    if until is None or enrollment.access_ended_at is not None or enrollment.state not in RUNS:
        return False
    if today(enrollment, at) <= until:
        return False
    enrollment.access_ended_at = at
    write(enrollment, AccessKind.ENDED, until, at=at)
    letters.ended(enrollment, at=at)
    return True


def changes_of(enrollment_id: int) -> list[AccessChange]:
    """The newest first."""
    query = select(AccessChange).where(AccessChange.enrollment_id == enrollment_id)
    return list(db.session.scalars(query.order_by(AccessChange.id.desc())))


def was_bought(enrollment_id: int) -> bool:
    """Whether the months that the rules allow have been taken already."""
    query = select(AccessChange.id).where(AccessChange.enrollment_id == enrollment_id)
    return db.session.scalar(query.where(AccessChange.kind == AccessKind.BOUGHT).limit(1)) is not None


def lock(enrollment: Enrollment) -> None:
    """As it is now, nobody else changing it until the transaction ends."""
    mine = select(Enrollment.id).where(Enrollment.id == enrollment.id)
    db.session.scalars(mine.with_for_update(key_share=True)).one()
    db.session.refresh(enrollment)


def write(
    enrollment: Enrollment,
    kind: AccessKind,
    until: date | None,
    *,
    at: datetime,
    actor: User | None = None,
    reason: str = "",
    key: str | None = None,
) -> AccessChange:
    """One change with its line in the log; the last day is `until` from now on."""
    made = AccessChange(
        enrollment_id=enrollment.id,
        kind=kind,
        key=key,
        was_until=enrollment.access_until,
        until=until,
        reason=reason,
        by_id=actor.id if actor else None,
        at=at,
    )
    db.session.add(made)
    enrollment.access_until = until
    db.session.flush()
    facts = {"until": until.isoformat() if until else "", "reason": reason}
    record(f"access.{kind}", subject=enrollment, actor=actor, at=at, **facts)
    return made
