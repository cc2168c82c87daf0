"""Queueing: people join the line of a full cohort, leave it, and are seldom let ahead."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, tuple_

from accounts.models import User
from enrollment import admitting, enrolling, seating
from enrollment.models import Cohort, Seat, SeatState
from enrollment.waitlist import letters
from enrollment.waitlist.models import IN_LINE, WAITLIST_MOVES, WaitlistEntry, WaitlistState
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused

BUYING = "You are buying this seat. Cancel the order first; then you can pass the seat on."


class SeatsAreLeft(Refused):
    """Nobody needs to wait: a seat can be bought."""


def join(user: User, cohort: Cohort, *, at: datetime) -> WaitlistEntry:
    """Stand in line, at the end. Asked again, the same place. Raises Refused where waiting leads nowhere."""
    cohort = seating.lock(cohort)
    known = in_line(user.id, cohort.id)
    if known is not None:
        return known
    _must_make_sense(user, cohort, at)
    entry = WaitlistEntry(cohort_id=cohort.id, user_id=user.id, joined_at=at)
    db.session.add(entry)
    db.session.flush()
    record("waitlist.joined", subject=entry, actor=user, at=at, cohort=cohort.code)
    letters.joined(entry, place_of(entry), at=at)
    return entry


def _must_make_sense(user: User, cohort: Cohort, at: datetime) -> None:
    if enrolling.takes_part(user.id, cohort.id):
        raise Refused("You are in this cohort already.")
    if is_buying(user.id, cohort.id):
        raise Refused("A seat is held for an order of yours. Finish it, or cancel it first.")
    if not cohort.is_open(at):
        raise Refused("Enrollment for this cohort is not open, so nobody waits for it.")
    admitting.check(user, cohort, at=at)
    if seating.seats_left(cohort, at):
        raise SeatsAreLeft("A seat has come free just now: you can enroll at once.")


def leave(entry: WaitlistEntry, *, at: datetime) -> None:
    """Out of the line, whether waiting or offered. Said twice, or after the end, nothing happens."""
    _locked(entry)
    if is_buying(entry.user_id, entry.cohort_id):
        raise Refused(BUYING)
    end(entry, WaitlistState.LEFT, at=at, actor=entry.user)


def decline(entry: WaitlistEntry, *, at: datetime) -> None:
    """The offered seat goes to the next in line. Said twice it is said once. Raises Refused without an offer."""
    _locked(entry)
    if entry.state == WaitlistState.WAITING:
        raise Refused("No seat has been offered to you yet. You can leave the waitlist.")
    if is_buying(entry.user_id, entry.cohort_id):
        raise Refused(BUYING)
    end(entry, WaitlistState.DECLINED, at=at, actor=entry.user)


def take_off(entry: WaitlistEntry, *, actor: User, reason: str, at: datetime) -> None:
    """Staff take somebody out of the line, because they asked for it or can't be reached. Raises Refused."""
    _locked(entry)
    if entry.state not in IN_LINE:
        raise Refused("They do not stand in line any more.")
    end(entry, WaitlistState.LEFT, at=at, actor=actor, reason=reason)


def end(entry: WaitlistEntry, to: WaitlistState, *, at: datetime, actor: User | None = None, **why: str) -> None:
    """The caller has locked the cohort. A seat that was held for them is free; ended twice, it is ended once."""
    if entry.state in IN_LINE:
        move(entry, to, at=at, actor=actor, **why)
        seat = seating.live_seat(entry.seat_ref)
        if seat is not None:
            seating.release(seat, at=at)


def _locked(entry: WaitlistEntry) -> None:
    """The cohort first, then the entry as it is now."""
    seating.lock(entry.cohort)
    db.session.refresh(entry)


def let_ahead(entry: WaitlistEntry, *, actor: User, reason: str, at: datetime) -> None:
    """Staff put somebody first in line; the reason stays in the log for ever. Raises Refused."""
    _locked(entry)
    if entry.state != WaitlistState.WAITING:
        raise Refused("They do not wait any more.")
    was = place_of(entry)
    if was == 1:
        raise Refused("They are the first in line already.")
    first = db.session.scalar(select(func.min(WaitlistEntry.rank)).where(*_waits(entry.cohort_id)))
    entry.rank = (first or 0) - 1
    record("waitlist.let_ahead", subject=entry, actor=actor, at=at, was=was, reason=reason)


def move(entry: WaitlistEntry, to: WaitlistState, *, at: datetime, actor: User | None = None, **why: str) -> None:
    """Along the table of moves, with a line in the log. Raises MoveRefused."""
    WAITLIST_MOVES.check(entry.state, to)
    record(f"waitlist.{to}", subject=entry, actor=actor, at=at, was=str(entry.state), **why)
    entry.state, entry.ended_at = to, None if to in IN_LINE else at
    db.session.flush()


def in_line(user_id: int, cohort_id: int) -> WaitlistEntry | None:
    """A person's entry that waits or has an offer, as it is now."""
    query = select(WaitlistEntry).where(WaitlistEntry.user_id == user_id, WaitlistEntry.cohort_id == cohort_id)
    return db.session.scalar(query.where(WaitlistEntry.state.in_(IN_LINE)).execution_options(populate_existing=True))


def is_buying(user_id: int, cohort_id: int) -> bool:
    """Whether an accepted offer of theirs is being paid for."""
    query = select(WaitlistEntry.id).join(Seat, Seat.id == WaitlistEntry.seat_id)
    query = query.where(WaitlistEntry.user_id == user_id, WaitlistEntry.cohort_id == cohort_id)
    held = query.where(WaitlistEntry.state == WaitlistState.ACCEPTED, Seat.state == SeatState.HELD)
    return db.session.scalar(held.limit(1)) is not None


def waiting(cohort_id: int, *, most: int | None = None) -> list[WaitlistEntry]:
    """Who waits, first in line first, as it is now."""
    query = select(WaitlistEntry).where(*_waits(cohort_id)).order_by(WaitlistEntry.rank, WaitlistEntry.id)
    return list(db.session.scalars(query.limit(most).execution_options(populate_existing=True)))


def place_of(entry: WaitlistEntry) -> int:
    """1 for whoever is offered the next free seat."""
    before = tuple_(WaitlistEntry.rank, WaitlistEntry.id) < tuple_(entry.rank, entry.id)
    query = select(func.count(WaitlistEntry.id)).where(*_waits(entry.cohort_id), before)
    return (db.session.scalar(query) or 0) + 1


def _waits(cohort_id: int) -> tuple[ColumnElement[bool], ...]:
    return (WaitlistEntry.cohort_id == cohort_id, WaitlistEntry.state == WaitlistState.WAITING)
