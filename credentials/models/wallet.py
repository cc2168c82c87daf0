"""The wallet of a credential holder: the credential, units of continuing education, and the documents behind them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from credentials.models.ledger import LedgerEntry
from credentials.models.mentor_file import Level
from foundation.db import Model, pk, public_id, word


class HeldCredential(Model):
    """An ICF credential as its holder recorded it: first granted on one day, and good until another, both included.

    A renewal is a further record with a later end; a mistake is withdrawn by a record that names it.
    """

    __tablename__ = "held_credential"
    __table_args__ = (
        CheckConstraint("expires_on > granted_on", name="expires_after_it_is_granted"),
        Index("ix_held_credential_user", "user_id"),
        Index("ix_held_credential_expires_on", "expires_on"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    level: Mapped[Level] = mapped_column(word(Level))
    number: Mapped[str] = mapped_column(default="")
    granted_on: Mapped[date]
    expires_on: Mapped[date]
    withdraws_id: Mapped[int | None] = mapped_column(ForeignKey("held_credential.id"), unique=True)
    recorded_at: Mapped[datetime]


class CceUnit(Model):
    """Continuing education that was noted by hand, and the ledger line it wrote. Minutes by what they taught."""

    __tablename__ = "cce_unit"
    __table_args__ = (
        CheckConstraint(
            "core_minutes >= 0 AND ethics_minutes >= 0 AND resource_minutes >= 0 AND supervision_minutes >= 0",
            name="no_minutes_below_zero",
        ),
        CheckConstraint(
            "core_minutes + ethics_minutes + resource_minutes + supervision_minutes BETWEEN 1 AND 6000",
            name="no_absurd_unit",
        ),
        Index("ix_cce_unit_user_on", "user_id", "on", "id"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    on: Mapped[date]
    title: Mapped[str]
    provider: Mapped[str] = mapped_column(default="")
    core_minutes: Mapped[int]
    ethics_minutes: Mapped[int]
    resource_minutes: Mapped[int]
    supervision_minutes: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    entry: Mapped[LedgerEntry] = relationship()
    documents: Mapped[list[CceDocument]] = relationship(order_by="CceDocument.id", back_populates="unit")


class CceDocument(Model):
    """A document that shows a unit, byte for byte as it was handed in. Its owner and the registrar read it."""

    __tablename__ = "cce_document"
    __table_args__ = ({"info": {"append_only": True}},)

    id: Mapped[pk]
    public_id: Mapped[public_id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("cce_unit.id"), index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_at: Mapped[datetime]

    unit: Mapped[CceUnit] = relationship(back_populates="documents")


class RenewalQuiet(Model):
    """Somebody who wants no letters about their renewal. Where there is no row, they are reminded."""

    __tablename__ = "renewal_quiet"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, autoincrement=False)
    since: Mapped[datetime]
