"""Who looked at a line of the ledger, what they decided, and every decision before that."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, FetchedValue, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from credentials.models.ledger import Kind, LedgerEntry
from foundation.db import Model, pk, word
from foundation.states import Moves


class ReviewState(StrEnum):
    LOGGED = "logged"
    SENT = "sent"
    CHECKED = "checked"
    RETURNED = "returned"


REVIEW_MOVES = Moves(
    "review",
    {
        ReviewState.LOGGED: {ReviewState.SENT},
        ReviewState.SENT: {ReviewState.CHECKED, ReviewState.RETURNED, ReviewState.LOGGED},
        ReviewState.CHECKED: {ReviewState.SENT},
        ReviewState.RETURNED: {ReviewState.SENT},
    },
)


def _repeated(*told: Any) -> Any:
    """A fact of the line, which the database writes beside its review and never lets differ."""
    return mapped_column(*told, server_default=FetchedValue(), deferred=True)


class LedgerReview(Model):
    """Where a line stands now. One for each line of the ledger; a reversal stands where its line stands.

    What the line says is repeated here by a trigger, so that one index adds up the few lines that are not checked.
    """

    __tablename__ = "ledger_review"
    __table_args__ = (
        CheckConstraint("state <> 'returned' OR length(reason) > 0", name="returned_with_a_reason"),
        CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="sent_at_some_time"),
        Index("ix_ledger_review_waiting", "sent_at", "entry_id", postgresql_where=text("state = 'sent'")),
        Index("ix_ledger_review_user_state", "user_id", "state"),
        Index(
            "ix_ledger_review_open",
            "user_id",
            postgresql_include=[
                "entry_id",
                "state",
                "kind",
                "synchronous",
                "enrollment_id",
                "minutes",
                "core_minutes",
            ],
            postgresql_where=text("state <> 'checked'"),
        ),
        Index("ix_ledger_review_decided", "decided_at", postgresql_where=text("decided_at IS NOT NULL")),
    )
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012

    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    state: Mapped[ReviewState] = mapped_column(word(ReviewState))
    sent_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(default="")

    kind: Mapped[Kind] = _repeated(word(Kind))
    synchronous: Mapped[bool] = _repeated()
    enrollment_id: Mapped[int | None] = _repeated()
    minutes: Mapped[int] = _repeated(Integer)
    core_minutes: Mapped[int] = _repeated(Integer)

    entry: Mapped[LedgerEntry] = relationship()
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def id(self) -> int:
        return self.entry_id


class ReviewDecision(Model):
    """One move of one line's review: who, when, why. `batch` ties together what was decided by one click."""

    __tablename__ = "review_decision"
    __table_args__ = (
        Index("ix_review_decision_entry", "entry_id", "id"),
        Index("ix_review_decision_batch", "batch"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"))
    was: Mapped[ReviewState] = mapped_column(word(ReviewState, "was"))
    became: Mapped[ReviewState] = mapped_column(word(ReviewState, "became"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
    batch: Mapped[str]

    actor: Mapped[User | None] = relationship()


class SecondLook(Model):
    """A reviewer asks a colleague about one line; until a colleague has decided, the one who asked does not."""

    __tablename__ = "second_look"
    __table_args__ = (
        CheckConstraint("length(question) > 0", name="asks_something"),
        Index("uq_second_look_open", "entry_id", unique=True, postgresql_where=text("answered_at IS NULL")),
    )

    id: Mapped[pk]
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime]
    question: Mapped[str]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
