"""Who waits for a seat, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from enrollment.models import Cohort, Seat
from foundation.db import Model, pk, public_id, word
from foundation.states import Moves


class WaitlistState(StrEnum):
    """`offered`: a seat is held for them until a moment. `accepted`: they are buying it, or have bought it."""

    WAITING = "waiting"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    LAPSED = "lapsed"
    LEFT = "left"
    DECLINED = "declined"


_W = WaitlistState
WAITLIST_MOVES = Moves(
    "waitlist entry",
    {
        _W.WAITING: {_W.OFFERED, _W.LAPSED, _W.LEFT},
        _W.OFFERED: {_W.ACCEPTED, _W.DECLINED, _W.LAPSED, _W.LEFT},
        _W.ACCEPTED: {_W.OFFERED, _W.LAPSED},
        _W.LAPSED: set(),
        _W.LEFT: set(),
        _W.DECLINED: set(),
    },
)
IN_LINE = (_W.WAITING, _W.OFFERED)


class WaitlistEntry(Model):
    """One time that a person stands in line for a cohort; who comes back later is another entry, at the end.

    The line goes by `rank`, then by number. Everybody joins with rank 0; staff give a lower one, with a reason.
    """

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        CheckConstraint("state <> 'offered' OR offered_until IS NOT NULL", name="an_offer_ends"),
        Index(
            "uq_waitlist_entry_in_line",
            "user_id",
            "cohort_id",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'offered')"),
        ),
        Index("ix_waitlist_entry_line", "cohort_id", "state", "rank", "id"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"), index=True)
    state: Mapped[WaitlistState] = mapped_column(word(WaitlistState), default=WaitlistState.WAITING)
    rank: Mapped[int] = mapped_column(default=0)
    joined_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
    offered_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship()
    user: Mapped[User] = relationship()
    seat: Mapped[Seat | None] = relationship()

    @property
    def seat_ref(self) -> str:
        """The name under which a seat is held for this offer."""
        return f"waitlist:{self.id}"

    def has_offer(self, at: datetime) -> bool:
        """Whether a seat is held for them at a moment; the end itself is too late."""
        return self.state == WaitlistState.OFFERED and self.offered_until is not None and at < self.offered_until
