"""Invoices to employers: who pays for whom, by when, and how it stands."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from foundation.db import Model, pk, public_id, word
from foundation.money import Money
from foundation.states import Moves
from payments.models.orders import EnrollmentOrder


class InvoiceState(StrEnum):
    """`part_paid`: less than its sum has come so far."""

    OPEN = "open"
    PART_PAID = "part_paid"
    PAID = "paid"
    CANCELLED = "cancelled"


_I = InvoiceState
INVOICE_MOVES = Moves(
    "invoice",
    {
        _I.OPEN: {_I.PART_PAID, _I.PAID, _I.CANCELLED},
        _I.PART_PAID: {_I.PAID, _I.CANCELLED},
        _I.PAID: set(),
        _I.CANCELLED: set(),
    },
)


class InvoiceCounter(Model):
    """The last number given out in a year; its row is locked while a number is given."""

    __tablename__ = "invoice_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Invoice(Model):
    """What an employer is asked for an order. What it says is frozen in `facts`; numbers have no gaps within a year.

    `cents` is what is asked for, the tax in it (`tax_cents`) included. `is_let_in`: the trainee was let in at once,
    before any money came, as the price plan said.
    """

    __tablename__ = "employer_invoice"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        CheckConstraint("cents > 0", name="cents_positive"),
        CheckConstraint("tax_cents BETWEEN 0 AND cents", name="tax_fits"),
        Index("ix_employer_invoice_state", "state", "due_on"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    order_id: Mapped[int] = mapped_column(ForeignKey("enrollment_order.id"), unique=True)
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(unique=True)
    company: Mapped[str]
    address: Mapped[str]
    tax_number: Mapped[str]
    purchase_order: Mapped[str]
    billing_email: Mapped[str]
    cents: Mapped[int]
    tax_cents: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str]
    issued_at: Mapped[datetime] = mapped_column(index=True)
    due_on: Mapped[date]
    is_let_in: Mapped[bool]
    state: Mapped[InvoiceState] = mapped_column(word(InvoiceState), default=InvoiceState.OPEN)
    facts: Mapped[dict[str, Any]]
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    reason: Mapped[str] = mapped_column(default="")

    order: Mapped[EnrollmentOrder] = relationship(back_populates="invoice")
    cancelled_by: Mapped[User | None] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.cents, self.currency)

    @property
    def net(self) -> Money:
        """The sum without its tax."""
        return Money(self.cents - self.tax_cents, self.currency)

    @property
    def is_open(self) -> bool:
        return self.state in {InvoiceState.OPEN, InvoiceState.PART_PAID}

    def is_overdue(self, on: date) -> bool:
        return self.is_open and self.due_on < on
