"""Papers with a number besides certificates: passports and transcripts, their facts as they were on the day."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from foundation.db import Model, pk, public_id, word


class PaperKind(StrEnum):
    PASSPORT = "passport"
    TRANSCRIPT = "transcript"


class Paper(Model):
    """One paper. Its facts never change; they go when its person asks to be forgotten, so the table lets them."""

    __tablename__ = "paper"
    __table_args__ = (
        CheckConstraint("kind <> 'passport' OR length(proof) > 0", name="a_passport_is_signed"),
        Index("ix_paper_user_id_kind", "user_id", "kind", "id"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[PaperKind] = mapped_column(word(PaperKind))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    facts: Mapped[dict[str, Any]]
    proof: Mapped[str] = mapped_column(default="")
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))

    user: Mapped[User] = relationship(foreign_keys=[user_id])


class SchoolKey(Model):
    """The public key of another school that staff trust. Taken off the list, it stays as history."""

    __tablename__ = "school_key"
    __table_args__ = (
        CheckConstraint("length(school) > 0", name="names_its_school"),
        CheckConstraint("removed_at IS NULL OR length(reason) > 0", name="removed_with_a_reason"),
        Index("uq_school_key_known", "thumbprint", unique=True, postgresql_where=text("removed_at IS NULL")),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    school: Mapped[str]
    key_name: Mapped[str] = mapped_column(default="")
    jwk: Mapped[dict[str, Any]]
    thumbprint: Mapped[str]
    checked_how: Mapped[str]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(default="")

    added_by: Mapped[User] = relationship(foreign_keys=[added_by_id])
