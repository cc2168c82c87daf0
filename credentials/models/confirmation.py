"""A session's other party is asked to confirm it, by letter and without an account."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from credentials.models.ledger import LedgerEntry
from foundation.db import Model, pk, public_id, word
from foundation.secrets import decrypt
from foundation.states import Moves


class ConfirmationState(StrEnum):
    """`revoked`: the trainee took the question back, or asked anew."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    REVOKED = "revoked"


CONFIRMATION_MOVES = Moves(
    "confirmation",
    {
        ConfirmationState.ASKED: {
            ConfirmationState.CONFIRMED,
            ConfirmationState.DECLINED,
            ConfirmationState.REVOKED,
        },
        ConfirmationState.CONFIRMED: {ConfirmationState.DECLINED},
        ConfirmationState.DECLINED: {ConfirmationState.CONFIRMED, ConfirmationState.REVOKED},
        ConfirmationState.REVOKED: set(),
    },
)


class Confirmation(Model):
    """One letter that asks about one ledger line. Address and written word are sealed; of the link only a hash is kept.

    `is_on_file`: the school itself knows this address as the other party's; nobody typed it for the occasion.
    """

    __tablename__ = "confirmation"
    __table_args__ = (
        Index("ix_confirmation_entry", "entry_id", "id"),
        Index("uq_confirmation_open", "entry_id", unique=True, postgresql_where=text("state = 'asked'")),
        Index("ix_confirmation_user", "user_id", "id"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"))
    state: Mapped[ConfirmationState] = mapped_column(word(ConfirmationState))
    sealed_address: Mapped[str]
    sealed_word: Mapped[str] = mapped_column(default="")
    is_on_file: Mapped[bool]
    secret_digest: Mapped[str] = mapped_column(unique=True)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    entry: Mapped[LedgerEntry] = relationship()
    user: Mapped[User] = relationship()

    @property
    def address(self) -> str:
        """In clear: for the trainee alone."""
        return decrypt(self.sealed_address) if self.sealed_address else ""

    @property
    def word(self) -> str:
        """What the other party wrote, in clear: for the trainee alone."""
        return decrypt(self.sealed_word) if self.sealed_word else ""

    def has_run_out(self, at: datetime) -> bool:
        return self.state == ConfirmationState.ASKED and self.expires_at <= at
