"""What an order still asks for, day by day, and each payment that came for it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.db import Model, pk, word
from foundation.money import Money
from foundation.states import Moves
from payments.models.orders import EnrollmentOrder

if TYPE_CHECKING:
    from payments.models.waivers import Waiver


class DueState(StrEnum):
    """`waived`: the school lets go of it, with a name and a reason. `void`: the order ended before it was paid."""

    OPEN = "open"
    PAID = "paid"
    WAIVED = "waived"
    VOID = "void"


_D = DueState
DUE_MOVES = Moves(
    "due",
    {
        _D.OPEN: {_D.PAID, _D.WAIVED, _D.VOID},
        _D.PAID: set(),
        _D.WAIVED: {_D.OPEN, _D.VOID},
        _D.VOID: {_D.OPEN, _D.PAID},
    },
)


class DueKind(StrEnum):
    """`extension`: the fee for more time; `move`: for another cohort or a break. Fees are no part of the price."""

    TUITION = "tuition"
    EXTENSION = "extension"
    MOVE = "move"


class OrderDue(Model):
    """One sum of an order and the day it falls due: the whole price, a deposit, a balance, an instalment.

    The first is due on the day of the order and lets the buyer in; `number` counts from 1. Once it is paid, or asked
    for by an invoice, `tax_cents` is the tax of it, and `added_cents` how much of that comes on top of `cents`.
    `cents` is what is asked for; `waived_cents` were taken off it before.
    """

    __tablename__ = "order_due"
    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        CheckConstraint("cents >= 0", name="cents_not_negative"),
        CheckConstraint("waived_cents >= 0", name="waived_not_negative"),
        CheckConstraint("added_cents BETWEEN 0 AND tax_cents", name="tax_fits"),
        Index("ix_order_due_state_due_on", "state", "due_on"),
    )

    id: Mapped[pk]
    order_id: Mapped[int] = mapped_column(ForeignKey("enrollment_order.id"))
    number: Mapped[int]
    kind: Mapped[DueKind] = mapped_column(word(DueKind), default=DueKind.TUITION)
    due_on: Mapped[date]
    cents: Mapped[int]
    currency: Mapped[str]
    state: Mapped[DueState] = mapped_column(word(DueState), default=DueState.OPEN)
    settled_at: Mapped[datetime | None]
    invoice_id: Mapped[str | None] = mapped_column(unique=True)
    invoice_url: Mapped[str | None]
    tax_cents: Mapped[int] = mapped_column(default=0)
    added_cents: Mapped[int] = mapped_column(default=0)
    waived_cents: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None]

    order: Mapped[EnrollmentOrder] = relationship(back_populates="dues")
    waivers: Mapped[list[Waiver]] = relationship(back_populates="due", order_by="Waiver.id")

    @property
    def amount(self) -> Money:
        return Money(self.cents, self.currency)

    @property
    def full(self) -> Money:
        """The sum before some of it was let go of."""
        return Money(self.cents + self.waived_cents, self.currency)

    @property
    def with_tax(self) -> Money:
        """The sum and the tax that came on top of it; known once it is paid."""
        return Money(self.cents + self.added_cents, self.currency)

    @property
    def is_open(self) -> bool:
        return self.state == DueState.OPEN

    @property
    def is_fee(self) -> bool:
        return self.kind != DueKind.TUITION

    @property
    def is_extension(self) -> bool:
        return self.kind == DueKind.EXTENSION

    def is_overdue(self, on: date) -> bool:
        """Whether its day has gone by and nobody has paid it."""
        return self.is_open and self.due_on < on


class Payment(Model):
    """Money that came for an order, by Stripe or by bank transfer. Refunds go back to one payment each."""

    __tablename__ = "payment"
    __table_args__ = (
        Index("ix_payment_order", "order_id", "id"),
        CheckConstraint("cents > 0", name="cents_positive"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    order_id: Mapped[int] = mapped_column(ForeignKey("enrollment_order.id"))
    due_number: Mapped[int]
    cents: Mapped[int]
    currency: Mapped[str]
    payment_intent_id: Mapped[str | None] = mapped_column(unique=True)
    charge_id: Mapped[str] = mapped_column(unique=True)
    paid_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    order: Mapped[EnrollmentOrder] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.cents, self.currency)
