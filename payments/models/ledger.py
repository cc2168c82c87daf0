"""The ledger of money, receipts, refunds."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from foundation.db import Model, pk, word
from foundation.money import Money
from foundation.states import Moves
from payments.models.dues import Payment
from payments.models.orders import EnrollmentOrder

if TYPE_CHECKING:
    from payments.models.credits import CreditNote


class EntryKind(StrEnum):
    CHARGE = "charge"
    FEE = "fee"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    TRANSFER = "transfer"
    TRANSFER_BACK = "transfer_back"


MONEY_IN = (EntryKind.CHARGE, EntryKind.TRANSFER)
"""What came for an order: by Stripe, or by bank transfer."""


class MoneyEntry(Model):
    """One movement of money, signed from the school's side, once for each of Stripe's objects. Never edited.

    `tax_cents` is the tax within `cents`, signed as they are. A `dispute_lost` moves no cents, which went when the bank
    took them; it says how much tax was in them, once nobody can bring them back.
    """

    __tablename__ = "money_entry"
    __table_args__ = (
        UniqueConstraint("kind", "stripe_id"),
        Index("ix_money_entry_order", "order_id", "id"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    order_id: Mapped[int] = mapped_column(ForeignKey("enrollment_order.id"))
    kind: Mapped[EntryKind] = mapped_column(word(EntryKind))
    cents: Mapped[int]
    currency: Mapped[str]
    tax_cents: Mapped[int] = mapped_column(default=0)
    stripe_id: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    recorded_at: Mapped[datetime] = mapped_column(index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    @property
    def amount(self) -> Money:
        return Money(self.cents, self.currency)


class ReceiptCounter(Model):
    """The last number given out in a year; its row is locked while a number is given."""

    __tablename__ = "receipt_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Receipt(Model):
    """What was paid, by whom, for what: frozen when it was issued. Numbers have no gaps within a year."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        UniqueConstraint("order_id", "due_number"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    order_id: Mapped[int] = mapped_column(ForeignKey("enrollment_order.id"))
    due_number: Mapped[int] = mapped_column(default=1)
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(unique=True)
    issued_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]


class RefundState(StrEnum):
    """`asked`: our row is written, Stripe has not answered yet. `refused`: Stripe won't do it."""

    ASKED = "asked"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    REFUSED = "refused"


_R = RefundState
REFUND_MOVES = Moves(
    "refund",
    {
        _R.ASKED: {_R.PENDING, _R.SUCCEEDED, _R.FAILED, _R.CANCELED, _R.REFUSED},
        _R.PENDING: {_R.SUCCEEDED, _R.FAILED, _R.CANCELED},
        _R.SUCCEEDED: {_R.FAILED},
        _R.FAILED: set(),
        _R.CANCELED: set(),
        _R.REFUSED: set(),
    },
)
STANDS = (_R.ASKED, _R.PENDING, _R.SUCCEEDED)


class Refund(Model):
    """Money on its way back. Our own have a reason and a name; one made in Stripe's Dashboard has neither."""

    __tablename__ = "refund"
    __table_args__ = (CheckConstraint("cents > 0", name="cents_positive"), Index("ix_refund_order", "order_id", "id"))

    id: Mapped[pk]
    order_id: Mapped[int] = mapped_column(ForeignKey("enrollment_order.id"))
    cents: Mapped[int]
    currency: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    asked_at: Mapped[datetime]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    stripe_id: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[RefundState] = mapped_column(word(RefundState), default=RefundState.ASKED)
    last_error: Mapped[str] = mapped_column(default="")

    order: Mapped[EnrollmentOrder] = relationship()
    payment: Mapped[Payment | None] = relationship()
    asked_by: Mapped[User | None] = relationship()
    credit_notes: Mapped[list[CreditNote]] = relationship(viewonly=True, order_by="CreditNote.id")

    @property
    def amount(self) -> Money:
        return Money(self.cents, self.currency)

    @property
    def is_by_bank(self) -> bool:
        """Whether a person has to send it back, as it came by bank transfer."""
        return self.payment is not None and self.payment.payment_intent_id is None

    @property
    def idempotency_key(self) -> str:
        return f"refund:{self.id}"
