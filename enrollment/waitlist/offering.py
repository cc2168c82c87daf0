"""Offering: a seat that comes free is held for the first in line while the offer lasts, and then for the next.

Everything here happens under the cohort's row lock: two sweeps, a buyer and a decline can't give one seat twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, exists, or_, select

from accounts.models import User
from enrollment import seating
from enrollment.models import Cohort, Enrollment, EnrollmentState, Seat
from enrollment.waitlist import letters, queueing
from enrollment.waitlist.models import IN_LINE, WaitlistEntry, WaitlistState
from foundation.db import db


def cohorts_in_line() -> list[int]:
    """Cohorts in which somebody waits or has an offer."""
    query = select(WaitlistEntry.cohort_id).where(WaitlistEntry.state.in_(IN_LINE)).distinct()
    return list(db.session.scalars(query.order_by(WaitlistEntry.cohort_id)))


def offer_free_seats(cohort: Cohort, *, at: datetime) -> int:
    """End the offers whose time is over, then offer each free seat to whoever is next; says how many were offered.

    Done again, or twice at once, it changes nothing more.
    """
    cohort = seating.lock(cohort)
    _end_what_is_over(cohort, at)
    free = seating.seats_free(cohort, at) if cohort.is_open(at) else 0
    chosen = queueing.waiting(cohort.id, most=free) if free else []
    for entry in chosen:
        _offer(entry, cohort, at)
    return len(chosen)


def _offer(entry: WaitlistEntry, cohort: Cohort, at: datetime) -> None:
    """An offer lasts the cohort's hours by the clock's real time, and never longer than enrollment is open."""
    until = min(at + timedelta(hours=cohort.offer_hours), cohort.closes_at)
    entry.seat_id = seating.set_aside(cohort, ref=entry.seat_ref, until=until, at=at).id
    entry.offered_at, entry.offered_until = at, until
    queueing.move(entry, WaitlistState.OFFERED, at=at, until=until.isoformat())
    letters.offered(entry, at=at)


def _end_what_is_over(cohort: Cohort, at: datetime) -> None:
    """People who are in or gone, offers that ran out, and the whole line once the cohort has begun without it."""
    for entry in list(db.session.scalars(_in_already_or_gone(cohort))):
        queueing.end(entry, WaitlistState.LEFT, at=at, why="in the cohort already, or gone")
    for entry in list(db.session.scalars(_ran_out(cohort, at))):
        queueing.end(entry, WaitlistState.LAPSED, at=at)
        letters.lapsed(entry, at=at)
    began = at >= cohort.closes_at and at.astimezone(cohort.zone).date() >= cohort.starts_on
    if began or cohort.cancelled_at is not None:
        for entry in queueing.waiting(cohort.id):
            why = "the cohort was called off" if cohort.cancelled_at else "the cohort began"
            queueing.end(entry, WaitlistState.LAPSED, at=at, why=why)
            letters.over(entry, at=at)


def _in_already_or_gone(cohort: Cohort) -> Select[WaitlistEntry]:
    takes_part = exists().where(
        Enrollment.user_id == WaitlistEntry.user_id,
        Enrollment.cohort_id == cohort.id,
        Enrollment.state != EnrollmentState.WITHDRAWN,
    )
    return _live(cohort).join(WaitlistEntry.user).where(or_(takes_part, User.active.is_(False)))


def _ran_out(cohort: Cohort, at: datetime) -> Select[WaitlistEntry]:
    query = _live(cohort).where(WaitlistEntry.state == WaitlistState.OFFERED)
    return query if not cohort.is_open(at) else query.where(WaitlistEntry.offered_until <= at)


def _live(cohort: Cohort) -> Select[WaitlistEntry]:
    query = select(WaitlistEntry).where(WaitlistEntry.cohort_id == cohort.id, WaitlistEntry.state.in_(IN_LINE))
    return query.order_by(WaitlistEntry.id).execution_options(populate_existing=True)


def open_offer(user_id: int, cohort_id: int, *, at: datetime) -> WaitlistEntry | None:
    """The person's offer that can be taken at a moment."""
    entry = queueing.in_line(user_id, cohort_id)
    return entry if entry is not None and entry.has_offer(at) else None


def hold_for(user: User, cohort: Cohort, *, ref: str, until: datetime, at: datetime) -> Seat:
    """A seat for somebody who buys: the one offered to them, else one that anybody may buy. Raises SoldOut.

    An offered seat stays held until the offer's end at least: an order that comes to nothing costs them nothing.
    Whoever is next in line while a seat is free need not wait for the sweep.
    """
    cohort = seating.lock(cohort)
    if queueing.in_line(user.id, cohort.id) is not None:
        offer_free_seats(cohort, at=at)
    offer = open_offer(user.id, cohort.id, at=at)
    if offer is None or offer.offered_until is None:
        return seating.hold(cohort, ref=ref, until=until, at=at)
    return _redeem(offer, ref=ref, until=max(until, offer.offered_until), at=at)


def take_for(user: User, cohort: Cohort, *, ref: str, at: datetime) -> Seat:
    """The seat of an order that has been paid, though its own hold may have gone back to an offer. Raises SoldOut."""
    cohort = seating.lock(cohort)
    offer = open_offer(user.id, cohort.id, at=at)
    if offer is not None and seating.live_seat(ref) is None:
        _redeem(offer, ref=ref, until=offer.offered_until, at=at)
    return seating.take(cohort, ref=ref, at=at)


def _redeem(offer: WaitlistEntry, *, ref: str, until: datetime | None, at: datetime) -> Seat:
    seat = seating.live_seat(offer.seat_ref)
    assert seat is not None, "an open offer holds a seat"
    seating.pass_on(seat, ref=ref, until=until)
    queueing.move(offer, WaitlistState.ACCEPTED, at=at, actor=offer.user)
    return seat


def give_back(seat: Seat, *, at: datetime) -> None:
    """The order that held a seat came to nothing. It is free; or held for its offer again, where that still lasts."""
    cohort = seating.lock(seat.cohort)
    query = select(WaitlistEntry).where(WaitlistEntry.seat_id == seat.id, WaitlistEntry.state == WaitlistState.ACCEPTED)
    entry = db.session.scalar(query.execution_options(populate_existing=True))
    if entry is None:
        seating.release(seat, at=at)
        return
    until = entry.offered_until
    if until is not None and at < until and cohort.is_open(at):
        seating.pass_on(seat, ref=entry.seat_ref, until=until)
        queueing.move(entry, WaitlistState.OFFERED, at=at)
        return
    seating.release(seat, at=at)
    queueing.move(entry, WaitlistState.LAPSED, at=at)
    letters.lapsed(entry, at=at)
