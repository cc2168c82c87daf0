"""Certificates: the facts as they were on the day, frozen, and their revocations."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from enrollment.models import Enrollment
from foundation.db import ERASED, Model, pk, public_id, word


class CertificateKind(StrEnum):
    COMPLETION = "completion"
    PARTIAL = "partial"


class Certificate(Model):
    """A certificate of completion, or of the part done by somebody who left.

    Its row never changes; a mistake is revoked, and replaced by another.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        Index("ix_certificate_issued_at", "issued_at", "id"),
        Index("ix_certificate_user_id_issued_at", "user_id", "issued_at"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[CertificateKind] = mapped_column(word(CertificateKind), default=CertificateKind.COMPLETION)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), index=True)
    facts: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), unique=True)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    enrollment: Mapped[Enrollment] = relationship()
    revocation: Mapped[CertificateRevocation | None] = relationship(back_populates="certificate", lazy="joined")
    replaces: Mapped[Certificate | None] = relationship(remote_side="Certificate.id", foreign_keys=[replaces_id])

    @property
    def name(self) -> str:
        """The name that is printed on it; gone where its holder was erased and asked for it to be withdrawn."""
        return str(self.facts.get("name", ERASED))

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was its holder's wish that it is valid no longer."""
        return self.revocation is not None and self.revocation.at_wish

    @property
    def revoked_at(self) -> datetime | None:
        return self.revocation.at if self.revocation else None

    @property
    def is_valid(self) -> bool:
        return self.revocation is None


class CertificateRevocation(Model):
    """A certificate is no longer valid, since when and why. The reason is for the school and its holder.

    `at_wish`: its holder was erased and asked for it.
    """

    __tablename__ = "certificate_revocation"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="a_reason"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), unique=True)
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str]
    at_wish: Mapped[bool] = mapped_column(default=False, server_default=false())

    certificate: Mapped[Certificate] = relationship(back_populates="revocation")
