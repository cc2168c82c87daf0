"""Taking up: whoever is accepted orders; their seat goes to the order, and comes back where that comes to nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from accounts.models import User
from enrollment import seating
from enrollment.applications import answering, letters
from enrollment.applications.models import WRITES, Application, ApplicationState
from enrollment.models import Cohort, Seat
from foundation.db import db


def take_up(user: User, cohort: Cohort, *, ref: str, until: datetime | None, at: datetime) -> Seat | None:
    """The seat that was held for an accepted person, now for their order; None where none was. The cohort is locked."""
    mine = answering.live(user.id, cohort.id)
    if mine is None or mine.state != ApplicationState.ACCEPTED or not mine.admits(at):
        return None
    answering.move(mine, ApplicationState.TAKEN_UP, at=at, actor=user)
    seat = seating.live_seat(mine.seat_ref)
    if seat is None:
        return None
    ends = max(until, mine.due_until) if until and mine.due_until else until
    seating.pass_on(seat, ref=ref, until=ends)
    return seat


def give_back(user_id: int, cohort: Cohort, seat: Seat | None, *, at: datetime) -> bool:
    """An order came to nothing: they are accepted as before while that lasts. True where the seat is kept for them."""
    mine = answering.live(user_id, cohort.id)
    if mine is None or mine.state != ApplicationState.TAKEN_UP:
        return False
    lasts = mine.due_until is not None and at < mine.due_until and cohort.is_open(at)
    if not lasts:
        lapse(mine, at=at)
        return False
    is_theirs = seat is not None and seat.id == mine.seat_id
    if seat is not None and is_theirs:
        seating.pass_on(seat, ref=mine.seat_ref, until=mine.due_until)
    answering.move(mine, ApplicationState.ACCEPTED, at=at)
    return is_theirs


def lapse(application: Application, *, at: datetime, why: str = "not bought in time") -> None:
    """It ends without a seat, and they are told."""
    answering.move(application, ApplicationState.LAPSED, at=at, why=why)
    letters.lapsed(application, at=at)


def overdue(at: datetime) -> list[int]:
    """Acceptances whose time is over, and whatever stands open for a cohort that was called off."""
    too_late = (Application.state == ApplicationState.ACCEPTED) & (Application.due_until <= at)
    open_ones = [*WRITES, ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW, ApplicationState.ACCEPTED]
    is_off = Application.state.in_(open_ones) & Cohort.cancelled_at.is_not(None)
    query = select(Application.id).join(Cohort, Cohort.id == Application.cohort_id).where(too_late | is_off)
    return list(db.session.scalars(query.order_by(Application.id)))


def lapse_if_over(application_id: int, *, at: datetime) -> bool:
    """End one of them, under the cohort's lock; an order that came first has taken it up."""
    application = db.session.get_one(Application, application_id)
    seating.lock(application.cohort)
    answering.locked(application)
    if application_id not in overdue(at):
        return False
    is_off = application.cohort.cancelled_at is not None
    lapse(application, at=at, why="the cohort was called off" if is_off else "not bought in time")
    return True


def soon_due(at: datetime, until: datetime) -> list[Application]:
    """Acceptances that end between two moments."""
    accepted = (Application.state == ApplicationState.ACCEPTED) & Application.due_until.between(at, until)
    return list(db.session.scalars(select(Application).where(accepted).order_by(Application.id)))
