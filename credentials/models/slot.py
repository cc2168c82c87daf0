"""A mentor's free hours, and who has booked them."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from credentials.models.mentor import Mentor, MentorSession
from foundation.db import Model, pk, public_id, word
from foundation.states import Moves


class SlotState(StrEnum):
    """`held`: the mentor has said who was there."""

    OPEN = "open"
    CALLED_OFF = "called_off"
    HELD = "held"


class BookingState(StrEnum):
    """`given_up` by the trainee, `called_off` by the mentor; afterwards somebody `attended` or `missed` it."""

    BOOKED = "booked"
    GIVEN_UP = "given_up"
    CALLED_OFF = "called_off"
    ATTENDED = "attended"
    MISSED = "missed"


SLOT_MOVES = Moves(
    "slot",
    {
        SlotState.OPEN: {SlotState.CALLED_OFF, SlotState.HELD},
        SlotState.CALLED_OFF: set(),
        SlotState.HELD: set(),
    },
)
BOOKING_MOVES = Moves(
    "booking",
    {
        BookingState.BOOKED: {
            BookingState.GIVEN_UP,
            BookingState.CALLED_OFF,
            BookingState.ATTENDED,
            BookingState.MISSED,
        },
        BookingState.GIVEN_UP: set(),
        BookingState.CALLED_OFF: set(),
        BookingState.ATTENDED: {BookingState.MISSED},
        BookingState.MISSED: {BookingState.ATTENDED},
    },
)


class MentorSlot(Model):
    """An hour that a mentor offers: one-to-one (one place), or to a group of so many. `place` is the way in."""

    __tablename__ = "mentor_slot"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 15 AND 240", name="a_session_s_length"),
        CheckConstraint("places BETWEEN 1 AND 10", name="places_of_a_group"),
        Index("ix_mentor_slot_starts", "starts_at", postgresql_where=text("state = 'open'")),
        Index("uq_mentor_slot_open", "mentor_id", "starts_at", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_mentor_slot_mentor", "mentor_id", "starts_at"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentor.id"))
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    places: Mapped[int]
    place: Mapped[str] = mapped_column(default="")
    state: Mapped[SlotState] = mapped_column(word(SlotState))
    published_at: Mapped[datetime]
    held_at: Mapped[datetime | None]

    mentor: Mapped[Mentor] = relationship()
    bookings: Mapped[list[MentorBooking]] = relationship(order_by="MentorBooking.id", back_populates="slot")

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def is_group(self) -> bool:
        return self.places > 1


class MentorBooking(Model):
    """A trainee's place in a slot; what came of it is in `session`, which wrote the ledger line."""

    __tablename__ = "mentor_booking"
    __table_args__ = (
        Index("uq_mentor_booking_open", "slot_id", "user_id", unique=True, postgresql_where=text("state = 'booked'")),
        Index("ix_mentor_booking_slot", "slot_id"),
        Index("ix_mentor_booking_user", "user_id", "id"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    slot_id: Mapped[int] = mapped_column(ForeignKey("mentor_slot.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    state: Mapped[BookingState] = mapped_column(word(BookingState))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("mentor_session.id"))
    booked_at: Mapped[datetime]

    slot: Mapped[MentorSlot] = relationship(back_populates="bookings")
    user: Mapped[User] = relationship()
    session: Mapped[MentorSession | None] = relationship()
