"""Seats: held, taken, released; never more than there are, whoever asks at the same moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from enrollment.models import SEAT_MOVES, Cohort, Seat, SeatState
from enrollment.waitlist.models import WaitlistEntry, WaitlistState
from foundation.db import db
from foundation.errors import Refused
from foundation.jobs import Job, enqueue


class SoldOut(Refused):
    """No seat is left."""


def is_occupied(at: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Seats that are taken, or held and not run out."""
    held = (Seat.state == SeatState.HELD) & or_(Seat.held_until.is_(None), Seat.held_until > at)
    return or_(Seat.state == SeatState.TAKEN, held)


def _occupied(cohort_id: int, at: datetime) -> int:
    query = select(func.count(Seat.id)).where(Seat.cohort_id == cohort_id, is_occupied(at))
    return db.session.scalar(query) or 0


def left_of(at: datetime | ColumnElement[datetime]) -> ColumnElement[int]:
    """Seats that anybody could buy at a moment, as a column beside `Cohort` (for lists; one statement)."""
    occupied = select(func.count(Seat.id)).where(Seat.cohort_id == Cohort.id, is_occupied(at)).correlate(Cohort)
    first = select(func.count(WaitlistEntry.id)).where(_waits(Cohort.id)).correlate(Cohort)
    return func.greatest(Cohort.seats - occupied.scalar_subquery() - first.scalar_subquery(), 0)


def seats_free(cohort: Cohort, at: datetime) -> int:
    """Seats that nobody has or holds at this moment, whoever they are for."""
    return max(0, cohort.seats - _occupied(cohort.id, at))


def seats_left(cohort: Cohort, at: datetime) -> int:
    """Seats that anybody could buy at this moment: one for each person who waits is not among them."""
    return db.session.scalar(select(left_of(at)).where(Cohort.id == cohort.id)) or 0


def _waits(cohort_id: Any) -> ColumnElement[bool]:
    return and_(WaitlistEntry.cohort_id == cohort_id, WaitlistEntry.state == WaitlistState.WAITING)


def lock(cohort: Cohort) -> Cohort:
    """Nobody else sells a seat of this cohort until the transaction ends."""
    return db.session.scalars(
        select(Cohort)
        .where(Cohort.id == cohort.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def hold(cohort: Cohort, *, ref: str, until: datetime, at: datetime) -> Seat:
    """Hold a seat for `ref` until a moment. Asked again, the same seat is held longer. Raises SoldOut.

    The cohort's row is locked until the transaction ends, so that two buyers can't both get the last one.
    """
    _take_place(lock(cohort))
    mine = live_seat(ref)
    if (mine is None or _has_lapsed(mine, at)) and seats_left(cohort, at) < 1:
        raise SoldOut("The last seat has just gone.")
    if mine is None:
        return _add(cohort, ref, SeatState.HELD, until, at)
    if mine.state == SeatState.HELD:
        mine.held_until = max(until, mine.held_until or until)
    return mine


def set_aside(cohort: Cohort, *, ref: str, until: datetime, at: datetime) -> Seat:
    """Hold a free seat for whoever is next in line. The caller has locked the cohort. Raises SoldOut."""
    if seats_free(cohort, at) < 1:
        raise SoldOut("No seat is free.")
    return _add(cohort, ref, SeatState.HELD, until, at)


def pass_on(seat: Seat, *, ref: str, until: datetime | None) -> None:
    """A held seat goes to another name without ever being free. The caller has locked the cohort."""
    if seat.state != SeatState.HELD:
        raise Refused("Only a seat that is held can be passed on.")
    seat.ref, seat.held_until = ref, until
    db.session.flush()


def take(cohort: Cohort, *, ref: str, at: datetime) -> Seat:
    """The seat of `ref` is paid for. A hold that has ended is taken too while a seat is left. Raises SoldOut."""
    _take_place(lock(cohort))
    mine = live_seat(ref)
    if mine is None:
        if seats_free(cohort, at) < 1:
            raise SoldOut("It was paid after the hold had ended, and no seat is left.")
        return _add(cohort, ref, SeatState.TAKEN, None, at)
    if _has_lapsed(mine, at) and seats_free(cohort, at) < 1:
        release(mine, at=at)
        raise SoldOut("It was paid after the hold had ended, and no seat is left.")
    SEAT_MOVES.check(mine.state, SeatState.TAKEN)
    mine.state, mine.held_until = SeatState.TAKEN, None
    return mine


def keep(cohort: Cohort, *, ref: str, at: datetime) -> Seat | None:
    """Money is on its way: the seat of `ref` is held without an end. None where it had lapsed and all are gone."""
    lock(cohort)
    mine = live_seat(ref)
    if mine is None or _has_lapsed(mine, at):
        if seats_free(cohort, at) < 1:
            return None
        if mine is None:
            return _add(cohort, ref, SeatState.HELD, None, at)
    if mine.state == SeatState.HELD:
        mine.held_until = None
    return mine


def _take_place(cohort: Cohort) -> None:
    """A cohort that was called off has no seats to give, whoever has paid."""
    if cohort.cancelled_at is not None:
        raise SoldOut("This cohort was called off.")


def _has_lapsed(seat: Seat, at: datetime) -> bool:
    return seat.state == SeatState.HELD and seat.held_until is not None and seat.held_until <= at


def release(seat: Seat, *, at: datetime) -> None:
    """Give a seat back. Given back twice, it is given back once."""
    SEAT_MOVES.check(seat.state, SeatState.RELEASED)
    if seat.state != SeatState.RELEASED:
        seat.state, seat.held_until, seat.released_at = SeatState.RELEASED, None, at
        db.session.flush()
        enqueue(Job.OFFER_FREE_SEATS)


def live_seat(ref: str) -> Seat | None:
    """The seat that is held or taken under a name."""
    query = select(Seat).where(Seat.ref == ref, Seat.state != SeatState.RELEASED)
    return db.session.scalar(query.execution_options(populate_existing=True))


def held_seat(ref: str, at: datetime) -> Seat | None:
    """The seat that is held under a name and has not run out. The caller has locked the cohort."""
    found = live_seat(ref) if ref else None
    return found if found is not None and found.state == SeatState.HELD and not _has_lapsed(found, at) else None


def _add(cohort: Cohort, ref: str, state: SeatState, until: datetime | None, at: datetime) -> Seat:
    seat = Seat(cohort_id=cohort.id, ref=ref, state=state, held_until=until, created_at=at)
    db.session.add(seat)
    db.session.flush()
    return seat
