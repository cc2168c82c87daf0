"""Letters we owe."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.db import Model, pk, public_id, word
from foundation.states import Moves


class Category(StrEnum):
    TRANSACTIONAL = "transactional"
    MARKETING = "marketing"


class LetterState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    DEAD = "dead"


LETTER_MOVES = Moves(
    "letter",
    {
        LetterState.QUEUED: {LetterState.SENDING, LetterState.SUPPRESSED, LetterState.DEAD},
        LetterState.SENDING: {
            LetterState.SENT,
            LetterState.QUEUED,
            LetterState.FAILED,
            LetterState.SUPPRESSED,
            LetterState.DEAD,
        },
        LetterState.SENT: {LetterState.FAILED},
        LetterState.FAILED: {LetterState.QUEUED},
        LetterState.SUPPRESSED: {LetterState.QUEUED},
        LetterState.DEAD: {LetterState.QUEUED},
    },
)


class Letter(Model):
    """One letter: promised in the transaction of what it tells about, rendered and sent by the worker."""

    __tablename__ = "letter"
    __table_args__ = (
        Index("ix_letter_due", "due_at", postgresql_where=text("state IN ('queued', 'sending')")),
        Index("ix_letter_state", "state", "id"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    dedupe: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(index=True)
    to_address: Mapped[str] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(index=True)
    category: Mapped[Category] = mapped_column(word(Category))
    facts: Mapped[dict[str, Any]]
    message_id: Mapped[str] = mapped_column(unique=True)
    state: Mapped[LetterState] = mapped_column(word(LetterState), default=LetterState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    promised_at: Mapped[datetime]
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    subject: Mapped[str | None]
    text: Mapped[str | None]
    html: Mapped[str | None]
    smtp_code: Mapped[int | None]
    smtp_text: Mapped[str | None]
    sent_at: Mapped[datetime | None]
