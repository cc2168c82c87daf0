"""Free hours as trainees see them, and a mentor's own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from accounts.models import User
from credentials.models import BookingState, Mentor, MentorBooking, MentorSlot, SlotState
from foundation.db import db
from foundation.errors import NotFound

LONGEST = timedelta(minutes=240)


def taken() -> Any:
    """SQL: how many places of a slot are booked."""
    booked = select(func.count(MentorBooking.id)).where(
        MentorBooking.slot_id == MentorSlot.id, MentorBooking.state == BookingState.BOOKED
    )
    return booked.correlate(MentorSlot).scalar_subquery()


def free_slots(user: User, at: datetime, *, mentor: str = "", company: str = "") -> Select[*tuple[Any, ...]]:
    """Hours with a place left that this person has not booked, the soonest first, each with the places left."""
    mine = select(MentorBooking.id).where(
        MentorBooking.slot_id == MentorSlot.id,
        MentorBooking.user_id == user.id,
        MentorBooking.state == BookingState.BOOKED,
    )
    query = (
        select(MentorSlot, (MentorSlot.places - taken()).label("left"))
        .join(MentorSlot.mentor)
        .where(MentorSlot.state == SlotState.OPEN, MentorSlot.starts_at > at, MentorSlot.places > taken())
        .where(~mine.exists(), func.coalesce(Mentor.user_id, 0) != user.id)
        .options(joinedload(MentorSlot.mentor).joinedload(Mentor.user).noload(User.roles))
        .order_by(MentorSlot.starts_at, MentorSlot.id)
    )
    if mentor:
        query = query.where(Mentor.public_id == mentor)
    if company in {"one", "group"}:
        query = query.where(MentorSlot.places > 1 if company == "group" else MentorSlot.places == 1)
    return query


def mentors_with_hours(at: datetime) -> list[Mentor]:
    """Mentors who offer an hour that has not begun."""
    offered = select(MentorSlot.mentor_id).where(MentorSlot.state == SlotState.OPEN, MentorSlot.starts_at > at)
    return list(db.session.scalars(select(Mentor).where(Mentor.id.in_(offered)).order_by(Mentor.name, Mentor.id)))


def bookings_ahead(user: User, at: datetime) -> list[MentorBooking]:
    """A person's booked hours that are not over, the soonest first."""
    people = contains_eager(MentorBooking.slot).joinedload(MentorSlot.mentor).joinedload(Mentor.user)
    query = (
        select(MentorBooking)
        .join(MentorBooking.slot)
        .where(MentorBooking.user_id == user.id, MentorBooking.state == BookingState.BOOKED)
        .where(MentorSlot.starts_at > at - LONGEST)
        .options(people.noload(User.roles))
        .order_by(MentorSlot.starts_at, MentorBooking.id)
    )
    return [one for one in db.session.scalars(query) if one.slot.ends_at > at]


def booking_of(user: User, public_id: str) -> MentorBooking:
    """One's own booking; anybody else's is not found."""
    query = select(MentorBooking).where(MentorBooking.public_id == public_id, MentorBooking.user_id == user.id)
    found = db.session.scalar(query.options(joinedload(MentorBooking.slot).joinedload(MentorSlot.mentor)))
    if found is None:
        raise NotFound
    return found


def slots_of(mentor: Mentor, shelf: str, at: datetime) -> Select[*tuple[Any, ...]]:
    """A mentor's hours, with the places taken. `shelf`: ahead, to_confirm (begun and booked), past."""
    query = select(MentorSlot, taken().label("taken")).where(MentorSlot.mentor_id == mentor.id)
    if shelf == "to_confirm":
        begun = query.where(MentorSlot.state == SlotState.OPEN, MentorSlot.starts_at <= at, taken() > 0)
        return begun.order_by(MentorSlot.starts_at, MentorSlot.id)
    if shelf == "ahead":
        ahead = query.where(MentorSlot.state == SlotState.OPEN, MentorSlot.starts_at > at)
        return ahead.order_by(MentorSlot.starts_at, MentorSlot.id)
    done = (MentorSlot.state != SlotState.OPEN) | (MentorSlot.starts_at <= at) & (taken() == 0)
    return query.where(done).order_by(MentorSlot.starts_at.desc(), MentorSlot.id.desc())
