"""Holding: the seat of a move whose fee is being paid, for exactly as long as it can be paid."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from enrollment import seating
from enrollment.models import Cohort, Seat, SeatState
from foundation.db import db
from payments.models import ChangeState, EnrollmentChange, OrderDue, OrderState

GONE = "The last seat there has just gone."


def ref_of(change: EnrollmentChange) -> str:
    """The name under which a wish holds its seat."""
    return f"move:{change.id}"


def hold(change: EnrollmentChange, *, until: datetime, at: datetime) -> None:
    """A seat where they want to go; asked again, it is held longer. Raises SoldOut."""
    if change.to_cohort_id is None:
        return
    try:
        seating.hold(_there(change), ref=ref_of(change), until=until, at=at)
    except seating.SoldOut as gone:
        raise seating.SoldOut(GONE, "cohort") from gone


def hold_for(due: OrderDue, *, until: datetime, at: datetime) -> None:
    """A page on which a fee can be paid is about to be opened. Raises SoldOut."""
    change = asked_with(due)
    if change is not None:
        hold(change, until=until, at=at)


def hear(due: OrderDue, now_true: OrderState | None, *, at: datetime) -> None:
    """What the bank or the clock says of the page: the seat is kept while money is on its way, and given back."""
    change = asked_with(due)
    if change is None or change.to_cohort_id is None:
        return
    if now_true == OrderState.PROCESSING:
        seating.keep(_there(change), ref=ref_of(change), at=at)
    elif now_true in {OrderState.EXPIRED, OrderState.FAILED}:
        release(change, at=at)


def release(change: EnrollmentChange, *, at: datetime) -> None:
    """Nobody goes there. Given back twice, it is given back once."""
    seat = seat_of(change)
    if seat is not None and seat.state == SeatState.HELD:
        seating.lock(_there(change))
        seating.release(seat, at=at)


def seat_of(change: EnrollmentChange) -> Seat | None:
    return seating.live_seat(ref_of(change)) if change.to_cohort_id else None


def asked_with(due: OrderDue) -> EnrollmentChange | None:
    """The wish that waits for a fee."""
    query = select(EnrollmentChange).where(
        EnrollmentChange.order_id == due.order_id,
        EnrollmentChange.due_number == due.number,
        EnrollmentChange.state == ChangeState.ASKED,
    )
    return db.session.scalar(query)


def _there(change: EnrollmentChange) -> Cohort:
    return db.session.get_one(Cohort, change.to_cohort_id)
