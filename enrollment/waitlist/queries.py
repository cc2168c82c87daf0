"""Reads about one place in line: whose it is, and how they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import joinedload

from enrollment.models import Cohort, Enrollment, EnrollmentState, SeatState
from enrollment.seating import left_of
from enrollment.waitlist import queueing
from enrollment.waitlist.models import WaitlistEntry, WaitlistState
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.tokens import read

PURPOSE = "waitlist"


def cohort_named(code: str) -> Cohort:
    """With its program. Raises NotFound."""
    found = db.session.scalar(select(Cohort).options(joinedload(Cohort.program)).where(Cohort.code == code))
    if found is None:
        raise NotFound
    return found


def cohort_shown(code: str) -> Cohort:
    """One that the public may see. Raises NotFound."""
    found = cohort_named(code)
    if not found.is_published:
        raise NotFound
    return found


def by_token(token: str) -> WaitlistEntry:
    """The entry that a letter's link belongs to. Raises Refused."""
    whole = joinedload(WaitlistEntry.cohort).joinedload(Cohort.program)
    query = select(WaitlistEntry).options(whole, joinedload(WaitlistEntry.user), joinedload(WaitlistEntry.seat))
    found = db.session.scalar(query.where(WaitlistEntry.public_id == read(PURPOSE, token)))
    if found is None:
        raise Refused("This place in line is not there any more.")
    return found


def in_cohort(code: str, public_id: str) -> WaitlistEntry:
    """One entry of a cohort, for staff. Raises NotFound."""
    query = select(WaitlistEntry).join(WaitlistEntry.cohort)
    found = db.session.scalar(query.where(Cohort.code == code, WaitlistEntry.public_id == public_id))
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """How somebody stands, for themselves. `is_paid`: the seat that was offered is theirs."""

    state: WaitlistState
    place: int
    can_take: bool
    is_paid: bool
    can_wait_again: bool


def told(entry: WaitlistEntry, at: datetime) -> Told:
    is_paid = entry.state == WaitlistState.ACCEPTED and entry.seat is not None and entry.seat.state == SeatState.TAKEN
    over = entry.state in {WaitlistState.LAPSED, WaitlistState.LEFT, WaitlistState.DECLINED}
    state = entry.state
    if state == WaitlistState.OFFERED and not entry.has_offer(at):
        state = WaitlistState.LAPSED
    return Told(
        state=state,
        place=queueing.place_of(entry) if entry.state == WaitlistState.WAITING else 0,
        can_take=entry.has_offer(at),
        is_paid=is_paid,
        can_wait_again=over and entry.cohort.is_open(at),
    )


@dataclass(frozen=True, slots=True)
class Doorway:
    """How somebody stands before a cohort: seats that anybody may buy, whether they are in, a seat kept for them."""

    left: int
    is_in: bool
    kept: WaitlistEntry | None


def doorway(user_id: int | None, cohort: Cohort, *, at: datetime) -> Doorway:
    """In one statement; without a `user_id`, as a visitor stands."""
    offer = and_(
        WaitlistEntry.user_id == user_id,
        WaitlistEntry.cohort_id == Cohort.id,
        WaitlistEntry.state == WaitlistState.OFFERED,
        WaitlistEntry.offered_until > at,
    )
    takes_part = exists().where(
        Enrollment.user_id == user_id,
        Enrollment.cohort_id == Cohort.id,
        Enrollment.state != EnrollmentState.WITHDRAWN,
    )
    query = select(left_of(at), takes_part, WaitlistEntry).select_from(Cohort).outerjoin(WaitlistEntry, offer)
    left, is_in, kept = db.session.execute(query.where(Cohort.id == cohort.id)).one()
    return Doorway(left, is_in, kept)
