"""Seats: held, taken, released; never more than there are, whoever asks at the same moment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select

from enrollment.models import SEAT_MOVES, Cohort, Seat, SeatState
from foundation.db import db
from foundation.errors import Refused


class SoldOut(Refused):
    """No seat is left."""


def _occupied(cohort_id: int, at: datetime) -> int:
    held = (Seat.state == SeatState.HELD) & or_(Seat.held_until.is_(None), Seat.held_until > at)
    query = select(func.count(Seat.id)).where(Seat.cohort_id == cohort_id, or_(Seat.state == SeatState.TAKEN, held))
    return db.session.scalar(query) or 0


def seats_left(cohort: Cohort, at: datetime) -> int:
    """Seats that could be sold at this moment."""
    return max(0, cohort.seats - _occupied(cohort.id, at))


def _locked(cohort: Cohort) -> Cohort:
    return db.session.scalars(
        select(Cohort).where(Cohort.id == cohort.id).with_for_update().execution_options(populate_existing=True)
    ).one()


def hold(cohort: Cohort, *, ref: str, until: datetime, at: datetime) -> Seat:
    """Hold a seat for `ref` until a moment. Asked again, the same seat is held longer. Raises SoldOut.

    The cohort's row is locked until the transaction ends, so that two buyers can't both get the last one.
    """
    _locked(cohort)
    mine = _live(ref)
    if mine is not None:
        if mine.state == SeatState.HELD:
            mine.held_until = until
        return mine
    if seats_left(cohort, at) < 1:
        raise SoldOut("The last seat has just gone.")
    return _add(cohort, ref, SeatState.HELD, until, at)


def take(cohort: Cohort, *, ref: str, at: datetime) -> Seat:
    """The seat of `ref` is paid for. A hold that has ended is taken too while a seat is left. Raises SoldOut."""
    _locked(cohort)
    mine = _live(ref)
    if mine is None:
        if seats_left(cohort, at) < 1:
            raise SoldOut("It was paid after the hold had ended, and no seat is left.")
        return _add(cohort, ref, SeatState.TAKEN, None, at)
    lapsed = mine.state == SeatState.HELD and mine.held_until is not None and mine.held_until <= at
    if lapsed and seats_left(cohort, at) < 1:
        release(mine, at=at)
        raise SoldOut("It was paid after the hold had ended, and no seat is left.")
    SEAT_MOVES.check(mine.state, SeatState.TAKEN)
    mine.state, mine.held_until = SeatState.TAKEN, None
    return mine


def release(seat: Seat, *, at: datetime) -> None:
    """Give a seat back. Given back twice, it is given back once."""
    SEAT_MOVES.check(seat.state, SeatState.RELEASED)
    if seat.state != SeatState.RELEASED:
        seat.state, seat.held_until, seat.released_at = SeatState.RELEASED, None, at
        db.session.flush()


def _live(ref: str) -> Seat | None:
    return db.session.scalar(select(Seat).where(Seat.ref == ref, Seat.state != SeatState.RELEASED))


def _add(cohort: Cohort, ref: str, state: SeatState, until: datetime | None, at: datetime) -> Seat:
    seat = Seat(cohort_id=cohort.id, ref=ref, state=state, held_until=until, created_at=at)
    db.session.add(seat)
    db.session.flush()
    return seat
