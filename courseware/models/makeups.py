"""Make-ups: what a cohort asks of whoever missed a class, and what somebody handed in for it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from courseware.models.classes import LiveClass
from credentials.models import LedgerEntry
from enrollment.models import Cohort, Enrollment
from foundation.db import Model, pk, public_id, word
from foundation.states import Moves


class Way(StrEnum):
    """How somebody made it up. The recording replaces the room: its minutes are asynchronous."""

    RECORDING = "recording"
    LIVE = "live"


class MakeUpRule(Model):
    """What a cohort asks for. `at_most` 0: as many as one likes; `takeaways_words`, `practice_minutes` 0: not asked."""

    __tablename__ = "make_up_rule"
    __table_args__ = (
        CheckConstraint("by_recording OR by_live", name="some_way"),
        CheckConstraint("takeaways_words >= 0 AND practice_minutes >= 0 AND at_most >= 0", name="not_negative"),
        CheckConstraint("within_days > 0", name="some_days"),
    )

    id: Mapped[pk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), unique=True)
    by_recording: Mapped[bool]
    by_live: Mapped[bool]
    takeaways_words: Mapped[int]
    practice_minutes: Mapped[int]
    within_days: Mapped[int]
    at_most: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    set_at: Mapped[datetime]

    cohort: Mapped[Cohort] = relationship()

    @property
    def ways(self) -> list[Way]:
        return [way for way, is_open in ((Way.RECORDING, self.by_recording), (Way.LIVE, self.by_live)) if is_open]

    @property
    def facts(self) -> dict[str, Any]:
        """The rule as it is kept with what was handed in under it."""
        kept = ("by_recording", "by_live", "takeaways_words", "practice_minutes", "within_days", "at_most")
        return {name: getattr(self, name) for name in kept}


class MakeUpState(StrEnum):
    HANDED_IN = "handed_in"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    TAKEN_BACK = "taken_back"


MAKE_UP_MOVES = Moves(
    "make-up",
    {
        MakeUpState.HANDED_IN: {MakeUpState.ACCEPTED, MakeUpState.RETURNED, MakeUpState.WITHDRAWN},
        MakeUpState.ACCEPTED: {MakeUpState.TAKEN_BACK},
        MakeUpState.RETURNED: set(),
        MakeUpState.WITHDRAWN: set(),
        MakeUpState.TAKEN_BACK: set(),
    },
)


class MakeUp(Model):
    """One hand-in for a class, with its evidence. After a return the next one has a higher number; none is edited.

    `minutes` and `entry_id` stand once it is accepted: what it added, and the ledger's line.
    """

    __tablename__ = "make_up"
    __table_args__ = (
        UniqueConstraint("live_class_id", "enrollment_id", "number"),
        Index(
            "uq_make_up_standing",
            "live_class_id",
            "enrollment_id",
            unique=True,
            postgresql_where=text("state IN ('handed_in', 'accepted')"),
        ),
        Index("ix_make_up_waiting", "handed_in_at", postgresql_where=text("state = 'handed_in'")),
        CheckConstraint("practice_minutes >= 0", name="practice_not_negative"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    live_class_id: Mapped[int] = mapped_column(ForeignKey("live_class.id"))
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), index=True)
    number: Mapped[int]
    state: Mapped[MakeUpState] = mapped_column(word(MakeUpState))
    way: Mapped[Way] = mapped_column(word(Way))
    made_on: Mapped[date]
    takeaways: Mapped[str] = mapped_column(default="")
    practice_minutes: Mapped[int] = mapped_column(default=0)
    practice_with: Mapped[str] = mapped_column(default="")
    live_with: Mapped[str] = mapped_column(default="")
    rule: Mapped[dict[str, Any]]
    minutes: Mapped[int] = mapped_column(default=0)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))
    handed_in_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(default="")

    live_class: Mapped[LiveClass] = relationship()
    enrollment: Mapped[Enrollment] = relationship()
    decided_by: Mapped[User | None] = relationship()
    entry: Mapped[LedgerEntry | None] = relationship()

    @property
    def is_synchronous(self) -> bool:
        return self.way == Way.LIVE

    @property
    def words(self) -> int:
        return len(self.takeaways.split())
