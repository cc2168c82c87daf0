"""Letters we owe."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.db import Model, pk, public_id, word
from foundation.states import Moves

STAND_IN = "sealed:"


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
    sealed: Mapped[str] = mapped_column(default="", server_default="")
    user_id: Mapped[int | None] = mapped_column(index=True)
    category: Mapped[Category] = mapped_column(word(Category))
    facts: Mapped[dict[str, Any]]
    message_id: Mapped[str] = mapped_column(unique=True)
    state: Mapped[LetterState] = mapped_column(word(LetterState), default=LetterState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    promised_at: Mapped[datetime]
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    give_up_at: Mapped[datetime]
    lapses: Mapped[int] = mapped_column(default=0)
    subject: Mapped[str | None]
    text: Mapped[str | None]
    html: Mapped[str | None]
    smtp_code: Mapped[int | None]
    smtp_text: Mapped[str | None]
    reason: Mapped[str | None]
    fault: Mapped[str | None]
    sent_at: Mapped[datetime | None]

    @property
    def title(self) -> str:
        """What staff call it: its subject, and before it is written what it is about, such as `Mentoring: reminder`."""
        return self.subject or self.kind.replace(".", ": ").replace("_", " ").capitalize()

    @property
    def shown_to(self) -> str:
        """The address as staff may see it."""
        return "somebody whom only a trainee knows" if self.to_address.startswith(STAND_IN) else self.to_address


class Scope(StrEnum):
    """What a stop covers: the letters nobody needs, or every letter."""

    MARKETING = "marketing"
    ALL = "all"


class StopReason(StrEnum):
    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBED = "unsubscribed"
    MANUAL = "manual"


class Suppression(Model):
    """An address we don't write to, known by its HMAC alone: it outlives the erasure of a person."""

    __tablename__ = "suppression"
    __table_args__ = (UniqueConstraint("digest", "reason"),)

    id: Mapped[pk]
    digest: Mapped[str] = mapped_column(String(64))
    reason: Mapped[StopReason] = mapped_column(word(StopReason))
    scope: Mapped[Scope] = mapped_column(word(Scope))
    at: Mapped[datetime]
    source: Mapped[str] = mapped_column(default="")


class ConsentAct(StrEnum):
    GIVEN = "given"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class Consent(Model):
    """What a person allowed, in the words that were shown, or took back. Added to, never edited."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_digest", "digest", "purpose", "id"), {"info": {"append_only": True}})

    id: Mapped[pk]
    digest: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str]
    act: Mapped[ConsentAct] = mapped_column(word(ConsentAct))
    version: Mapped[str] = mapped_column(default="")
    wording: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class Standstill(Model):
    """The mail server does not let us in: the whole queue waits until a moment, then one letter tries the door."""

    __tablename__ = "standstill"

    id: Mapped[pk]
    relay: Mapped[str] = mapped_column(unique=True)
    until: Mapped[datetime]
    since: Mapped[datetime]
    reason: Mapped[str]


class ProviderNotice(Model):
    """A bounce or complaint that a mail provider told us of; each is heard once."""

    __tablename__ = "provider_notice"
    __table_args__ = (UniqueConstraint("provider", "event_id"),)

    id: Mapped[pk]
    provider: Mapped[str]
    event_id: Mapped[str]
    kind: Mapped[str]
    heard_at: Mapped[datetime]
