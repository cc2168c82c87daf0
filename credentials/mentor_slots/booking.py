"""A trainee takes a place in a mentor's free hour, and gives it up again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.mentor_slots import letters
from credentials.models import BOOKING_MOVES, BookingState, Mentor, MentorBooking, MentorSlot, SlotState
from enrollment.models import Enrollment, EnrollmentState
from foundation.audit import record
from foundation.db import db
from foundation.errors import NotFound, Refused

MOST_OPEN = 6
MAY_BOOK = (EnrollmentState.ACTIVE, EnrollmentState.PAUSED, EnrollmentState.COMPLETED)


def book(user: User, slot_public_id: str, *, at: datetime) -> MentorBooking:
    """Take a place, under the slot's row lock: of two who want the last one, one gets it. Raises Refused, NotFound.

    Booked twice it is booked once.
    """
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update(key_share=True))
    slot = _locked(slot_public_id)
    mine = booking_in(user, slot)
    if mine is not None:
        return mine
    _check(user, slot, at)
    booking = MentorBooking(slot_id=slot.id, user_id=user.id, state=BookingState.BOOKED, booked_at=at)
    booking.slot, booking.user = slot, user
    db.session.add(booking)
    db.session.flush()
    record("mentor_slot.booked", subject=booking, actor=user, at=at, slot=slot.public_id)
    letters.promise_booked(booking, at=at)
    return booking


def give_up(user: User, public_id: str, *, at: datetime) -> MentorBooking:
    """Give one's own place back before the hour begins; the mentor is told. Done twice it is done once."""
    query = select(MentorBooking).where(MentorBooking.public_id == public_id, MentorBooking.user_id == user.id)
    loaded = joinedload(MentorBooking.slot).joinedload(MentorSlot.mentor).joinedload(Mentor.user)
    booking = db.session.scalar(query.options(loaded).with_for_update(of=MentorBooking, key_share=True))
    if booking is None:
        raise NotFound
    if booking.state == BookingState.GIVEN_UP:
        return booking
    if booking.state != BookingState.BOOKED or booking.slot.starts_at <= at:
        raise Refused("This hour has begun, or was called off: there is nothing left to give up.")
    BOOKING_MOVES.check(booking.state, BookingState.GIVEN_UP)
    booking.state = BookingState.GIVEN_UP
    record("mentor_slot.given_up", subject=booking, actor=user, at=at, slot=booking.slot.public_id)
    letters.promise_given_up(booking, at=at)
    return booking


def booking_in(user: User, slot: MentorSlot) -> MentorBooking | None:
    """One's own place in a slot that stands."""
    query = select(MentorBooking).where(MentorBooking.slot_id == slot.id, MentorBooking.user_id == user.id)
    return db.session.scalar(query.where(MentorBooking.state == BookingState.BOOKED))


def _locked(public_id: str) -> MentorSlot:
    query = select(MentorSlot).where(MentorSlot.public_id == public_id)
    loaded = joinedload(MentorSlot.mentor).joinedload(Mentor.user)
    slot = db.session.scalar(query.options(loaded).with_for_update(of=MentorSlot, key_share=True))
    if slot is None:
        raise NotFound
    return slot


def _check(user: User, slot: MentorSlot, at: datetime) -> None:
    if slot.state != SlotState.OPEN or slot.starts_at <= at:
        raise Refused("This hour can't be booked any more.")
    if slot.mentor.user_id == user.id:
        raise Refused("This hour is your own.")
    if not takes_part(user):
        raise Refused("Mentor hours are for people who take part in a program, and for graduates.")
    taken = select(func.count(MentorBooking.id)).where(MentorBooking.slot_id == slot.id)
    if (db.session.scalar(taken.where(MentorBooking.state == BookingState.BOOKED)) or 0) >= slot.places:
        raise Refused("Somebody else was quicker: this hour is full.")
    _check_own(user, slot, at)


def _check_own(user: User, slot: MentorSlot, at: datetime) -> None:
    """Nobody is in two places, and nobody keeps every hour for themselves."""
    mine = (
        select(MentorSlot)
        .join(MentorBooking, MentorBooking.slot_id == MentorSlot.id)
        .where(MentorBooking.user_id == user.id, MentorBooking.state == BookingState.BOOKED)
        .where(MentorSlot.starts_at > at - timedelta(hours=4))
    )
    booked = list(db.session.scalars(mine))
    if any(one.starts_at < slot.ends_at and slot.starts_at < one.ends_at for one in booked):
        raise Refused("You have booked another hour at that time.")
    if sum(one.starts_at > at for one in booked) >= MOST_OPEN:
        raise Refused(f"You have {MOST_OPEN} hours booked. Book the next when one of them has taken place.")


def takes_part(user: User) -> bool:
    """Whether a person is in a program, or has completed one."""
    query = select(Enrollment.id).where(Enrollment.user_id == user.id, Enrollment.state.in_(MAY_BOOK))
    return db.session.scalar(query.limit(1)) is not None
