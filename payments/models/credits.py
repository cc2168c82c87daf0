"""Credit notes: the paper that says what went back, in a series of their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.db import Model, pk
from foundation.money import Money
from payments.models.ledger import Refund


class CreditNoteCounter(Model):
    """The last number given out in a year; its row is locked while a number is given."""

    __tablename__ = "credit_note_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class CreditNote(Model):
    """What went back to a buyer, or what of an invoice is not asked for any more; frozen when it was issued.

    Where the refund failed afterwards, a second note with a minus takes the first one back (`reverses_id`).
    """

    __tablename__ = "credit_note"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        CheckConstraint("(cents > 0) = (reverses_id IS NULL)", name="reversal_is_negative"),
        Index("uq_credit_note_refund", "refund_id", unique=True, postgresql_where=text("reverses_id IS NULL")),
        CheckConstraint("(refund_id IS NULL) <> (invoice_id IS NULL)", name="for_a_refund_or_an_invoice"),
        Index("ix_credit_note_order", "order_id", "id"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    order_id: Mapped[int] = mapped_column(ForeignKey("enrollment_order.id"))
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"))
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("employer_invoice.id"), unique=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("credit_note.id"), unique=True)
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(unique=True)
    cents: Mapped[int]
    currency: Mapped[str]
    issued_at: Mapped[datetime] = mapped_column(index=True)
    facts: Mapped[dict[str, Any]]

    refund: Mapped[Refund | None] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.cents, self.currency)

    @property
    def is_reversal(self) -> bool:
        return self.reverses_id is not None
