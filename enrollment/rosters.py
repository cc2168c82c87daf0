"""Rosters: who is in a cohort, and how many seats are taken, held, left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload, lazyload

from accounts.models import User
from enrollment.models import Cohort, Enrollment, EnrollmentState, Seat, SeatState
from foundation.db import db


@dataclass(frozen=True, slots=True)
class CohortLine:
    """A cohort with its seats. `present` counts everybody who has not withdrawn."""

    cohort: Cohort
    taken: int
    held: int
    present: int

    @property
    def left(self) -> int:
        return max(0, self.cohort.seats - self.taken - self.held)

    @property
    def percent(self) -> int:
        """How full it is, in whole percent."""
        return min(100, (self.taken + self.held) * 100 // self.cohort.seats) if self.cohort.seats else 100


def cohorts(*, at: datetime, code: str | None = None) -> list[CohortLine]:
    """Every cohort, or the one with a code, newest first, in one statement."""
    held_now = and_(Seat.state == SeatState.HELD, or_(Seat.held_until.is_(None), Seat.held_until > at))
    seats = (
        select(
            Seat.cohort_id,
            func.count().filter(Seat.state == SeatState.TAKEN).label("taken"),
            func.count().filter(held_now).label("held"),
        )
        .group_by(Seat.cohort_id)
        .subquery()
    )
    people = (
        select(Enrollment.cohort_id, func.count().label("present"))
        .where(Enrollment.state != EnrollmentState.WITHDRAWN)
        .group_by(Enrollment.cohort_id)
        .subquery()
    )
    query = (
        select(Cohort, seats.c.taken, seats.c.held, people.c.present)
        .options(joinedload(Cohort.program), joinedload(Cohort.instructor).options(lazyload(User.roles)))
        .outerjoin(seats, seats.c.cohort_id == Cohort.id)
        .outerjoin(people, people.c.cohort_id == Cohort.id)
        .order_by(Cohort.starts_on.desc(), Cohort.id)
    )
    if code is not None:
        query = query.where(Cohort.code == code)
    rows = db.session.execute(query)
    return [CohortLine(cohort, taken or 0, held or 0, present or 0) for cohort, taken, held, present in rows]


def roster(cohort: Cohort, *, words: str = "", state: str = "") -> list[Enrollment]:
    """Everybody who is or was in a cohort, by name; in one statement."""
    query = (
        select(Enrollment)
        .join(Enrollment.user)
        .options(joinedload(Enrollment.user).options(lazyload(User.roles)), joinedload(Enrollment.seat))
        .where(Enrollment.cohort_id == cohort.id)
        .order_by(func.lower(User.name), Enrollment.id)
    )
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        query = query.where(or_(User.name.ilike(like), User.email.ilike(like)))
    if state in {str(known) for known in EnrollmentState}:
        query = query.where(Enrollment.state == EnrollmentState(state))
    return list(db.session.scalars(query))


def has_paid_seat(enrollment: Enrollment) -> bool:
    """Whether the enrollment stands on a seat that was paid for."""
    return enrollment.seat is not None and enrollment.seat.state == SeatState.TAKEN
