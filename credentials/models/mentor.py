"""Mentor coaches, and the sessions they gave."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from credentials.models.ledger import LedgerEntry
from credentials.models.mentor_file import MentorFact
from foundation.db import Model, pk, public_id
from foundation.secrets import decrypt


class MentorCredential(StrEnum):
    ACC = "ACC"
    PCC = "PCC"
    MCC = "MCC"
    NONE = "none"


class Mentor(Model):
    """A mentor coach: the school's own (no `owner_id`), or one whom a trainee brought and no other trainee sees.

    What they hold is in their facts; `held_on(mentor.facts, day)` reads it.
    """

    __tablename__ = "mentor"
    __table_args__ = (Index("ix_mentor_owner_name", "owner_id", "name"),)

    id: Mapped[pk]
    public_id: Mapped[public_id]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), unique=True)
    name: Mapped[str]
    sealed_email: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime]

    facts: Mapped[list[MentorFact]] = relationship(order_by=MentorFact.id)
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])

    @property
    def email(self) -> str:
        """Where this mentor is written to, in clear: the account's address, or the one the trainee gave."""
        if self.user is not None:
            return self.user.email
        return decrypt(self.sealed_email) if self.sealed_email else ""


class MentorSession(Model):
    """Mentor coaching received: one-to-one, or in a group of so many mentees. It wrote one ledger line."""

    __tablename__ = "mentor_session"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 1 AND 720", name="minutes_of_one_sitting"),
        CheckConstraint("mentees >= 1", name="somebody_was_there"),
        Index("ix_mentor_session_user_on", "user_id", "on", "id"),
        Index("ix_mentor_session_mentor", "mentor_id"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentor.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    on: Mapped[date]
    minutes: Mapped[int]
    mentees: Mapped[int]
    observed: Mapped[bool]
    created_at: Mapped[datetime]

    mentor: Mapped[Mentor] = relationship()
    entry: Mapped[LedgerEntry] = relationship()
