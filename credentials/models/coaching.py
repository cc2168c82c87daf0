"""The coaching log: a trainee's clients, sealed, and the sessions with them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from credentials.models.ledger import LedgerEntry
from foundation.db import Model, pk, public_id, word
from foundation.secrets import decrypt

A_SITTING_OR_A_RUN = "minutes BETWEEN 1 AND CASE WHEN until IS NULL THEN 720 ELSE 600000 END"


class Consent(StrEnum):
    """Whether the client agrees to stand in the log. `letter`: an organisation's letter covers its people."""

    GIVEN = "given"
    REFUSED = "refused"
    LETTER = "covered_by_letter"


class Format(StrEnum):
    INDIVIDUAL = "individual"
    GROUP = "group"


class Payment(StrEnum):
    """How the coach was paid; ICF counts all but pro bono as paid."""

    PAID = "paid"
    BARTER = "barter"
    INTERNAL = "internal"
    THIRD_PARTY = "third_party"
    PEER_EXCHANGE = "peer_exchange"
    PRO_BONO = "pro_bono"


class Relation(StrEnum):
    """How a client came to the coach; it says how their sessions are usually paid."""

    OWN = "own"
    INTERNAL = "internal"
    THIRD_PARTY = "third_party"
    PEER = "peer"


class Client(Model):
    """A client of a trainee: a third party. Name and contact are sealed; everywhere else stands the code.

    Written down twice, they are merged: the second stays as it was, with what they said, and points to the first.
    """

    __tablename__ = "client"
    __table_args__ = (
        UniqueConstraint("user_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("merged_into_id <> id", name="merged_into_another"),
        Index("uq_client_origin", "user_id", "origin", unique=True, postgresql_where=text("origin <> ''")),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    number: Mapped[int]
    sealed_name: Mapped[str]
    sealed_contact: Mapped[str] = mapped_column(default="")
    sealed_organisation: Mapped[str] = mapped_column(default="", server_default="")
    relation: Mapped[Relation] = mapped_column(word(Relation), default=Relation.OWN, server_default="own")
    consent: Mapped[Consent] = mapped_column(word(Consent))
    consent_on: Mapped[date | None]
    origin: Mapped[str] = mapped_column(default="", server_default="")  # who they are in a passport: school and code
    created_at: Mapped[datetime]
    forgotten_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"), index=True)

    merged_into: Mapped[Client | None] = relationship(remote_side="Client.id")

    @property
    def standing(self) -> Client:
        """Whom the log means: oneself, or who one was merged into."""
        return self.merged_into.standing if self.merged_into else self

    @property
    def code(self) -> str:
        return f"C-{self.number:02d}"

    @property
    def name(self) -> str:
        """In clear: for the trainee's own pages alone."""
        return decrypt(self.sealed_name) if self.sealed_name else self.code

    @property
    def contact(self) -> str:
        """In clear: for the trainee's own pages alone."""
        return decrypt(self.sealed_contact) if self.sealed_contact else ""

    @property
    def organisation(self) -> str:
        """In clear: for the trainee's own pages alone."""
        return decrypt(self.sealed_organisation) if self.sealed_organisation else ""


class CoachingSession(Model):
    """A session that a trainee coached, and the ledger line it wrote. Corrected by another that replaces it.

    With `until` it is a run: all sessions from `on` to `until`, of which only the sum of minutes is known.
    `once` is the name that its form or phone gave it: sent again under the same name, it is the same session.
    """

    __tablename__ = "coaching_session"
    __table_args__ = (
        CheckConstraint(A_SITTING_OR_A_RUN, name="minutes_of_a_sitting_or_a_run"),
        CheckConstraint('until >= "on"', name="a_run_ends_after_it_begins"),
        CheckConstraint("participants >= 1", name="somebody_was_there"),
        UniqueConstraint("user_id", "once"),
        CheckConstraint("format <> 'individual' OR participants = 1", name="individual_is_one"),
        Index("ix_coaching_session_user_on", "user_id", "on", "id"),
        Index("ix_coaching_session_client_on", "client_id", "on"),
        Index("ix_coaching_session_import", "import_id"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    on: Mapped[date]
    started_at: Mapped[datetime | None]
    minutes: Mapped[int]
    format: Mapped[Format] = mapped_column(word(Format))
    participants: Mapped[int] = mapped_column(default=1)
    payment: Mapped[Payment] = mapped_column(word(Payment))
    sealed_notes: Mapped[str] = mapped_column(default="")
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("coaching_session.id"), unique=True)
    until: Mapped[date | None]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("log_import.id"))
    once: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime]

    client: Mapped[Client] = relationship()
    entry: Mapped[LedgerEntry] = relationship()

    @property
    def notes(self) -> str:
        """In clear: for the trainee alone."""
        return decrypt(self.sealed_notes) if self.sealed_notes else ""
