"""Who asked to be erased, from when, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from foundation.db import Model, pk, public_id, word
from foundation.states import Moves


class ErasureState(StrEnum):
    WAITING = "waiting"
    TAKEN_BACK = "taken_back"
    DONE = "done"


ERASURE_MOVES = Moves(
    "erasure",
    {
        ErasureState.WAITING: {ErasureState.TAKEN_BACK, ErasureState.DONE},
        ErasureState.TAKEN_BACK: set(),
        ErasureState.DONE: set(),
    },
)


class Erasure(Model):
    """One wish to be erased; it waits until `due_at` and can be taken back until it is done.

    `by_id`: an owner who did it at once, for `reason`. `withdraws`: certificates and transcripts are withdrawn too.
    `held_words`: what was still open when it was due. `leftovers`: files that are to be removed from the disk.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint("by_id IS NULL OR length(reason) > 0", name="at_once_with_a_reason"),
        Index("uq_erasure_waiting", "user_id", unique=True, postgresql_where=text("state = 'waiting'")),
        Index("ix_erasure_state", "state", "due_at"),
        Index("ix_erasure_user", "user_id"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    state: Mapped[ErasureState] = mapped_column(word(ErasureState), default=ErasureState.WAITING)
    withdraws: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    reason: Mapped[str] = mapped_column(default="")
    held_words: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    leftovers: Mapped[list[Any]] = mapped_column(default=list)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])

    @property
    def is_waiting(self) -> bool:
        return self.state == ErasureState.WAITING
