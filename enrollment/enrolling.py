"""Enrolling: a person takes part in a cohort, once."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from accounts.identifying import grant
from accounts.models import RoleName, User
from enrollment import seating
from enrollment.access import clock
from enrollment.models import ENROLLMENT_MOVES, Cohort, Enrollment, EnrollmentState, Seat
from enrollment.policies import applying
from foundation.audit import record
from foundation.db import db, new_public_id


def activate(user: User, cohort: Cohort, seat: Seat | None, *, at: datetime, months: int | None = None) -> Enrollment:
    """Let a person in. Called again it answers with the same enrollment; one withdrawn comes back to life.

    `months`: how long they have to complete it by the rules they bought under; else by those that hold now.
    """
    values = {
        "public_id": new_public_id(),
        "user_id": user.id,
        "cohort_id": cohort.id,
        "seat_id": seat.id if seat else None,
        "state": EnrollmentState.ACTIVE,
        "started_at": at,
    }
    added = db.session.execute(
        insert(Enrollment)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["user_id", "cohort_id"])
        .returning(Enrollment.id)
    ).scalar_one_or_none()
    found = db.session.scalars(
        select(Enrollment)
        .where(Enrollment.user_id == user.id, Enrollment.cohort_id == cohort.id)
        .with_for_update(key_share=True)
    ).one()
    if added is not None:
        grant(user, RoleName.TRAINEE, at=at)
        record("enrollment.started", subject=found, at=at, cohort=cohort.code)
    elif found.state == EnrollmentState.WITHDRAWN:
        move(found, EnrollmentState.ACTIVE, at=at)
        found.seat = seat
    if found.access_until is None and found.state == EnrollmentState.ACTIVE:
        clock.begin(found, months or applying.in_force(cohort, at).terms.completion_months, at=at)
    return found


def takes_part(user_id: int, cohort_id: int) -> bool:
    """Whether a person has an enrollment in a cohort that they have not withdrawn from."""
    query = select(Enrollment.id).where(Enrollment.user_id == user_id, Enrollment.cohort_id == cohort_id)
    return db.session.scalar(query.where(Enrollment.state != EnrollmentState.WITHDRAWN)) is not None


def withdraw(enrollment: Enrollment, *, reason: str, at: datetime, actor: User | None = None) -> None:
    """A person leaves the cohort; what they made stays, their seat is free. Said twice, it is said once."""
    move(enrollment, EnrollmentState.WITHDRAWN, at=at, actor=actor, reason=reason)
    if enrollment.seat is not None:
        seating.release(enrollment.seat, at=at)


def note_arrears(enrollment: Enrollment, since: date | None) -> None:
    """Since when something due has not been paid; None once all of it is."""
    enrollment.arrears_since = since


def move(enrollment: Enrollment, to: EnrollmentState, *, at: datetime, actor: User | None = None, **why: str) -> None:
    """Move along the lifecycle, with a line in the audit log. Raises MoveRefused."""
    ENROLLMENT_MOVES.check(enrollment.state, to)
    if enrollment.state == to:
        return
    record(f"enrollment.{to}", subject=enrollment, actor=actor, at=at, was=str(enrollment.state), **why)
    enrollment.state = to
    if to == EnrollmentState.COMPLETED:
        enrollment.completed_at = at
