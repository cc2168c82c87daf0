"""Badges: the keys the school signs with, a badge's place in the revocation list, and what holds a certificate back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from credentials.models.certificate import Certificate
from foundation.db import Model, pk, public_id, word
from foundation.secrets import decrypt

LIST_SIZE = 131072


class SigningKey(Model):
    """An Ed25519 key of the school. One signs; those that were retired still prove what they signed."""

    __tablename__ = "signing_key"
    __table_args__ = (
        Index("uq_signing_key_in_use", text("(true)"), unique=True, postgresql_where=text("retired_at IS NULL")),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    sealed_private: Mapped[str]
    public_jwk: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    @property
    def private_pem(self) -> str:
        """In clear: for signing alone."""
        return decrypt(self.sealed_private)


class Badge(Model):
    """The badge of a certificate of completion: its address, and its bit in the list of revoked ones."""

    __tablename__ = "badge"
    __table_args__ = (
        CheckConstraint(f"status_index >= 0 AND status_index < {LIST_SIZE}", name="within_the_list"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), unique=True)
    status_index: Mapped[int] = mapped_column(unique=True)
    made_at: Mapped[datetime]

    certificate: Mapped[Certificate] = relationship()


class HoldSource(StrEnum):
    """Who holds a certificate back: the books, or a person."""

    TUITION = "tuition"
    STAFF = "staff"


class CertificateHold(Model):
    """A certificate waits, and why, in words for the trainee. Lifted, it stays as history."""

    __tablename__ = "certificate_hold"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="a_reason"),
        Index(
            "uq_certificate_hold_open",
            "enrollment_id",
            "source",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[pk]
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    source: Mapped[HoldSource] = mapped_column(word(HoldSource))
    reason: Mapped[str]
    set_at: Mapped[datetime]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
