"""Claiming a seat for an order: the one held for an accepted applicant, else the waitlist's, else any that is left."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from enrollment import seating
from enrollment.applications import taking_up
from enrollment.models import Cohort, Seat
from enrollment.waitlist import offering


def hold_for(user: User, cohort: Cohort, *, ref: str, until: datetime, at: datetime) -> Seat:
    """A seat for somebody who orders. Raises SoldOut."""
    cohort = seating.lock(cohort)
    mine = taking_up.take_up(user, cohort, ref=ref, until=until, at=at)
    return mine or offering.hold_for(user, cohort, ref=ref, until=until, at=at)


def take_for(user: User, cohort: Cohort, *, ref: str, at: datetime) -> Seat:
    """The seat of an order that has been paid, though its own hold may have gone back. Raises SoldOut."""
    cohort = seating.lock(cohort)
    if seating.live_seat(ref) is None:
        taking_up.take_up(user, cohort, ref=ref, until=None, at=at)
    return offering.take_for(user, cohort, ref=ref, at=at)


def give_back(user_id: int, cohort: Cohort, ref: str, *, at: datetime) -> None:
    """An order came to nothing: its seat goes back to whom it was held for, or is free."""
    cohort = seating.lock(cohort)
    seat = seating.live_seat(ref)
    kept = taking_up.give_back(user_id, cohort, seat, at=at)
    if seat is not None and not kept:
        offering.give_back(seat, at=at)
