"""A mentor offers free hours, in the mentor's own zone, and calls them off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.mentor_slots import letters
from credentials.models import BOOKING_MOVES, SLOT_MOVES, BookingState, Mentor, MentorBooking, MentorSlot, SlotState
from foundation.audit import record
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.filters import shown_datetime

MOST_WEEKS = 26
FURTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Offer:
    """A free hour: day and time on the mentor's clock, whole minutes, one place or so many for a group."""

    on: date
    starts: time
    minutes: int
    places: int
    place: str = ""
    weeks: int = 1


def mentor_of(user: User) -> Mentor | None:
    """The mentor who signs in with this account."""
    return db.session.scalar(select(Mentor).where(Mentor.user_id == user.id, Mentor.owner_id.is_(None)))


def publish(user: User, offer: Offer, *, at: datetime) -> list[MentorSlot]:
    """Offer an hour, once or on the same weekday for some weeks; offered twice it is offered once. Raises Refused.

    The clock of the mentor's zone decides: after a change of the clocks the same hour of the day is another in UTC.
    """
    mentor = _locked(user)
    _check(offer)
    moments = [_moment(user, offer, week) for week in range(offer.weeks)]
    if moments[0] <= at:
        raise Refused("This hour has begun already.", field="on")
    if moments[-1] > at + FURTHEST:
        raise Refused("At most a year ahead.", field="weeks")
    slots = [_offer(mentor, offer, moment, user, at) for moment in moments]
    db.session.flush()
    for slot in slots:
        record("mentor_slot.published", subject=slot, actor=user, at=at, places=slot.places)
    return slots


def call_off(user: User, public_id: str, *, at: datetime) -> MentorSlot:
    """Take an hour back; whoever had booked it is told. Called off twice it is called off once."""
    slot = own_slot(user, public_id, lock=True)
    if slot.state == SlotState.CALLED_OFF:
        return slot
    if slot.state == SlotState.HELD:
        raise Refused("It has taken place, and you have said so.")
    SLOT_MOVES.check(slot.state, SlotState.CALLED_OFF)
    slot.state = SlotState.CALLED_OFF
    query = select(MentorBooking).where(MentorBooking.slot_id == slot.id, MentorBooking.state == BookingState.BOOKED)
    for booking in db.session.scalars(query.options(joinedload(MentorBooking.user)).order_by(MentorBooking.id)):
        BOOKING_MOVES.check(booking.state, BookingState.CALLED_OFF)
        booking.state = BookingState.CALLED_OFF
        letters.promise_called_off(booking, at=at)
    record("mentor_slot.called_off", subject=slot, actor=user, at=at)
    return slot


def own_slot(user: User, public_id: str, *, lock: bool = False) -> MentorSlot:
    """A slot of the mentor who signs in; anybody else's is not found."""
    query = select(MentorSlot).join(Mentor).where(MentorSlot.public_id == public_id, Mentor.user_id == user.id)
    query = query.options(joinedload(MentorSlot.mentor))
    found = db.session.scalar(query.with_for_update(of=MentorSlot, key_share=True) if lock else query)
    if found is None:
        raise NotFound
    return found


def _locked(user: User) -> Mentor:
    query = select(Mentor).where(Mentor.user_id == user.id, Mentor.owner_id.is_(None))
    mentor = db.session.scalar(query.with_for_update(of=Mentor, key_share=True))
    if mentor is None:
        raise Refused("The school keeps no mentor's file for your account yet. Ask the registrar.")
    return mentor


def _check(offer: Offer) -> None:
    if not 15 <= offer.minutes <= 240:
        raise Refused("Between 15 minutes and 4 hours.", field="minutes")
    if not 1 <= offer.places <= 10:
        raise Refused("A group has at most ten mentees, as ICF asks.", field="places")
    if not 1 <= offer.weeks <= MOST_WEEKS:
        raise Refused(f"Between 1 and {MOST_WEEKS} weeks.", field="weeks")
    if offer.place and not offer.place.startswith("https://"):
        raise Refused("The way in is an address that begins with https://.", field="place")


def _moment(user: User, offer: Offer, week: int) -> datetime:
    """The moment in UTC. Raises Refused for an hour that the clocks leave out on that day."""
    zone, day = ZoneInfo(user.time_zone), offer.on + timedelta(weeks=week)
    local = datetime.combine(day, offer.starts, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Refused(f"On {day.isoformat()} your clock leaves this hour out: it goes forward.", field="starts")
    return moment


def _offer(mentor: Mentor, offer: Offer, starts_at: datetime, user: User, at: datetime) -> MentorSlot:
    ends_at = starts_at + timedelta(minutes=offer.minutes)
    near = select(MentorSlot).where(
        MentorSlot.mentor_id == mentor.id,
        MentorSlot.state == SlotState.OPEN,
        MentorSlot.starts_at > starts_at - timedelta(minutes=240),
        MentorSlot.starts_at < ends_at,
    )
    for known in db.session.scalars(near.order_by(MentorSlot.starts_at)):
        same = (known.starts_at, known.minutes, known.places) == (starts_at, offer.minutes, offer.places)
        if same:
            return known
        if known.ends_at > starts_at:
            when = shown_datetime(known.starts_at, user.time_zone)
            raise Refused(f"You offer another hour then: {when}.", field="starts")
    slot = MentorSlot(
        mentor_id=mentor.id,
        starts_at=starts_at,
        minutes=offer.minutes,
        places=offer.places,
        place=offer.place,
        state=SlotState.OPEN,
        published_at=at,
    )
    db.session.add(slot)
    return slot
