"""Afterwards the mentor says who was there and for how long, and the ledger lines are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.awarding import reverse
from credentials.mentor_coaching.logging_mentoring import Booked, log_mentoring
from credentials.mentor_slots.publishing import own_slot
from credentials.models import (
    BOOKING_MOVES,
    SLOT_MOVES,
    BookingState,
    LedgerEntry,
    MentorBooking,
    MentorSession,
    MentorSlot,
    SlotState,
)
from foundation.audit import record
from foundation.clock import day_in
from foundation.db import db
from foundation.errors import Refused

COUNTED = (BookingState.BOOKED, BookingState.ATTENDED, BookingState.MISSED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whole minutes that one mentee was there; 0: was not. `observed`: the mentor observed coaching of theirs."""

    minutes: int
    observed: bool = False


def say_who_was_there(user: User, public_id: str, outcomes: Mapping[str, Outcome], *, at: datetime) -> MentorSlot:
    """Write a line for everybody who was there, by the booking's public id. Said again, only what differs changes.

    A line that was written wrong is reversed and written anew. Raises Refused before the hour begins, or where
    somebody is left out.
    """
    slot = own_slot(user, public_id, lock=True)
    if slot.state == SlotState.CALLED_OFF:
        raise Refused("You have called this hour off.")
    if slot.starts_at > at:
        raise Refused("This hour has not begun yet.")
    bookings = bookings_of(slot)
    if not bookings:
        raise Refused("Nobody had booked this hour.")
    if {one.public_id for one in bookings} != set(outcomes):
        raise Refused("Say of everybody who had booked whether they were there.")
    if any(not 0 <= one.minutes <= slot.minutes + 60 for one in outcomes.values()):
        raise Refused("At most an hour longer than the slot itself.", field="minutes")
    mentees = sum(one.minutes > 0 for one in outcomes.values())
    for booking in bookings:
        _settle(booking, slot, outcomes[booking.public_id], mentees, user, at)
    if slot.state != SlotState.HELD:
        SLOT_MOVES.check(slot.state, SlotState.HELD)
        slot.state, slot.held_at = SlotState.HELD, at
        record("mentor_slot.held", subject=slot, actor=user, at=at, mentees=mentees)
    return slot


def bookings_of(slot: MentorSlot) -> list[MentorBooking]:
    """Whoever has not given the hour up, with what was written for them."""
    query = select(MentorBooking).where(MentorBooking.slot_id == slot.id, MentorBooking.state.in_(COUNTED))
    loaded = joinedload(MentorBooking.session).joinedload(MentorSession.entry)
    people = joinedload(MentorBooking.user).noload(User.roles)
    return list(db.session.scalars(query.options(loaded, people).order_by(MentorBooking.id)))


def _settle(
    booking: MentorBooking, slot: MentorSlot, outcome: Outcome, mentees: int, actor: User, at: datetime
) -> None:
    written = _standing(booking.session)
    if written and _says(written) == (outcome.minutes, mentees, outcome.observed):
        return
    if written:
        reverse(written.entry, "Corrected by the mentor", actor, at)
    new = BookingState.ATTENDED if outcome.minutes else BookingState.MISSED
    BOOKING_MOVES.check(booking.state, new)
    booking.state = new
    booking.session = _write(booking, slot, outcome, mentees, actor, at) if outcome.minutes else None
    record(f"mentor_slot.{new}", subject=booking, actor=actor, at=at, minutes=outcome.minutes)


def _write(
    booking: MentorBooking, slot: MentorSlot, outcome: Outcome, mentees: int, actor: User, at: datetime
) -> MentorSession:
    return log_mentoring(
        booking.user,
        mentor=slot.mentor,
        on=day_in(booking.user.time_zone, slot.starts_at),
        minutes=outcome.minutes,
        mentees=mentees,
        observed=outcome.observed,
        at=at,
        booked=Booked(slot.starts_at, actor),
    )


def _standing(session: MentorSession | None) -> MentorSession | None:
    """What was written, unless it was taken back since."""
    if session is None:
        return None
    back = db.session.scalar(select(LedgerEntry.id).where(LedgerEntry.reverses_id == session.entry_id))
    return None if back else session


def _says(session: MentorSession) -> tuple[int, int, bool]:
    return session.minutes, session.mentees, session.observed
