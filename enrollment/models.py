"""What is offered, who holds a seat, who takes part."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from foundation.db import Model, pk, public_id, word
from foundation.money import Money
from foundation.states import Moves


class Level(StrEnum):
    """ICF's accreditation level of a program, as the school states it."""

    LEVEL1 = "level1"
    LEVEL2 = "level2"
    LEVEL3 = "level3"
    CCE = "cce"
    NONE = "none"


class Program(Model):
    """A program on offer. `facts` holds what ICF wants a provider to publish (languages, delivery, faculty, ...)."""

    __tablename__ = "program"

    id: Mapped[pk]
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    level: Mapped[Level] = mapped_column(word(Level))
    minutes: Mapped[int]
    core_minutes: Mapped[int]
    synchronous_minutes: Mapped[int]
    summary: Mapped[str]
    description_md: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_published: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    asks_application: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]

    cohorts: Mapped[list[Cohort]] = relationship(
        back_populates="program", order_by="(Cohort.starts_on, Cohort.id)", foreign_keys="Cohort.program_id"
    )

    @property
    def self_paced_minutes(self) -> int:
        """Minutes of study on one's own (asynchronous)."""
        return self.minutes - self.synchronous_minutes


class Cohort(Model):
    """One run of a program: its days, its zone, its seats, its price.

    `revision` counts its changes, so that two who edit at once can't undo each other. Who wants a seat must have
    completed `requires_program` or hold `requires_credential`, where they are named; `prerequisites` are words.
    """

    __tablename__ = "cohort"
    __table_args__ = (
        CheckConstraint("seats >= 0", name="seats_not_negative"),
        CheckConstraint("price_cents >= 0", name="price_not_negative"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("offer_hours BETWEEN 1 AND 336", name="an_offer_lasts"),
        CheckConstraint("seats_minimum BETWEEN 0 AND seats", name="minimum_within_seats"),
        Index("ix_cohort_program_start", "program_id", "starts_on"),
    )

    id: Mapped[pk]
    code: Mapped[str] = mapped_column(unique=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    requires_program_id: Mapped[int | None] = mapped_column(ForeignKey("program.id"), index=True)
    requires_credential: Mapped[str] = mapped_column(default="")
    prerequisites: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    time_zone: Mapped[str]
    seats: Mapped[int]
    seats_minimum: Mapped[int] = mapped_column(default=0)
    price_cents: Mapped[int]
    currency: Mapped[str]
    language: Mapped[str] = mapped_column(default="English")
    rhythm: Mapped[str] = mapped_column(default="")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    offer_hours: Mapped[int] = mapped_column(default=24)
    instructor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    holds_seats: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_published: Mapped[bool] = mapped_column(default=True)
    cancelled_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    program: Mapped[Program] = relationship(back_populates="cohorts", foreign_keys=[program_id])
    requires_program: Mapped[Program | None] = relationship(foreign_keys=[requires_program_id])
    instructor: Mapped[User | None] = relationship()

    @property
    def price(self) -> Money:
        return Money(self.price_cents, self.currency)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def is_on_offer(self) -> bool:
        """Whether the public sees it and it takes place."""
        return self.is_published and self.cancelled_at is None

    def is_open(self, at: datetime) -> bool:
        """Whether enrollment is open at a moment; seats are another question."""
        return self.is_on_offer and self.opens_at <= at < self.closes_at


class SeatState(StrEnum):
    HELD = "held"
    TAKEN = "taken"
    RELEASED = "released"


SEAT_MOVES = Moves(
    "seat",
    {
        SeatState.HELD: {SeatState.TAKEN, SeatState.RELEASED},
        SeatState.TAKEN: {SeatState.RELEASED},
        SeatState.RELEASED: set(),
    },
)


class Seat(Model):
    """A place in a cohort: held while somebody can pay for it, taken once they have. `ref` names whose it is."""

    __tablename__ = "seat"
    __table_args__ = (
        Index("ix_seat_cohort_state", "cohort_id", "state"),
        Index("uq_seat_ref_live", "ref", unique=True, postgresql_where=text("state <> 'released'")),
    )

    id: Mapped[pk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    ref: Mapped[str]
    state: Mapped[SeatState] = mapped_column(word(SeatState))
    held_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship()


class EnrollmentState(StrEnum):
    """`read_only` and `suspended`: something due has not been paid; paying it opens everything again."""

    ACTIVE = "active"
    READ_ONLY = "read_only"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"


ENROLLMENT_MOVES = Moves(
    "enrollment",
    {
        EnrollmentState.ACTIVE: {
            EnrollmentState.PAUSED,
            EnrollmentState.READ_ONLY,
            EnrollmentState.SUSPENDED,
            EnrollmentState.WITHDRAWN,
            EnrollmentState.COMPLETED,
        },
        EnrollmentState.READ_ONLY: {EnrollmentState.ACTIVE, EnrollmentState.SUSPENDED, EnrollmentState.WITHDRAWN},
        EnrollmentState.PAUSED: {EnrollmentState.ACTIVE, EnrollmentState.WITHDRAWN},
        EnrollmentState.SUSPENDED: {EnrollmentState.ACTIVE, EnrollmentState.WITHDRAWN},
        EnrollmentState.WITHDRAWN: {EnrollmentState.ACTIVE},
        EnrollmentState.COMPLETED: set(),
    },
)


class Enrollment(Model):
    """A person takes part in a cohort. One for a person and a cohort, for ever; its state moves.

    `arrears_since`: the first day on which something due was not paid; None while nothing is overdue.
    `access_until`: the last day on which everything can be completed; None where no clock runs. `access_ended_at`:
    since when it can be read only for that. `paused_since`: while staff have it paused, and the clock stands.
    """

    __tablename__ = "enrollment"
    __table_args__ = (
        UniqueConstraint("user_id", "cohort_id"),
        Index("ix_enrollment_cohort_state", "cohort_id", "state"),
        Index("ix_enrollment_access_until", "access_until", postgresql_where=text("access_ended_at IS NULL")),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"), index=True)
    state: Mapped[EnrollmentState] = mapped_column(word(EnrollmentState), default=EnrollmentState.ACTIVE)
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    arrears_since: Mapped[date | None]
    access_until: Mapped[date | None]
    access_ended_at: Mapped[datetime | None]
    paused_since: Mapped[date | None]

    user: Mapped[User] = relationship()
    cohort: Mapped[Cohort] = relationship()
    seat: Mapped[Seat | None] = relationship()

    def days_left(self, at: datetime) -> int | None:
        """Days until the last one on which it can be completed, in the cohort's zone; None where no clock runs."""
        if self.access_until is None or self.state == EnrollmentState.COMPLETED:
            return None
        return (self.access_until - at.astimezone(self.cohort.zone).date()).days
