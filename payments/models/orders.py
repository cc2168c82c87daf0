"""Orders, and the tries to pay them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from enrollment.models import Cohort, Enrollment
from foundation.db import Model, pk, public_id, word
from foundation.money import Money
from foundation.states import Moves

if TYPE_CHECKING:
    from payments.models.credits import CreditNote
    from payments.models.disputes import Dispute
    from payments.models.dues import OrderDue, Payment
    from payments.models.invoices import Invoice
    from payments.models.ledger import Receipt, Refund


class PlanKind(StrEnum):
    """How an order is paid: at once, a deposit and the rest by a day, month by month, or by an employer's transfer."""

    FULL = "full"
    DEPOSIT = "deposit"
    INSTALMENTS = "instalments"
    INVOICE = "invoice"


class OrderState(StrEnum):
    """Where an order stands. `processing`: a delayed payment is on its way. `invoiced`: an employer has been asked for
    it. `paid_no_seat`: a person must decide."""

    DRAFT = "draft"
    PENDING = "pending"
    PROCESSING = "processing"
    INVOICED = "invoiced"
    PAID = "paid"
    PAID_NO_SEAT = "paid_no_seat"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    LOST = "lost"
    EXPIRED = "expired"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REVIEW = "review"


_S = OrderState
_MONEY_CAME = {_S.PAID, _S.PAID_NO_SEAT, _S.REVIEW}
_BACK = {_S.PART_REFUNDED, _S.REFUNDED, _S.DISPUTED}
ORDER_MOVES = Moves(
    "order",
    {
        _S.DRAFT: {_S.PENDING, _S.PROCESSING, _S.INVOICED, _S.EXPIRED, _S.FAILED, _S.CANCELLED} | _MONEY_CAME,
        _S.PENDING: {_S.PROCESSING, _S.EXPIRED, _S.FAILED, _S.CANCELLED} | _MONEY_CAME,
        _S.PROCESSING: {_S.FAILED} | _MONEY_CAME,
        _S.INVOICED: {_S.CANCELLED, _S.PAID, _S.PAID_NO_SEAT},
        _S.PAID: _BACK,
        _S.PAID_NO_SEAT: {_S.PAID} | _BACK,
        _S.PART_REFUNDED: {_S.PAID, _S.PAID_NO_SEAT, _S.REFUNDED, _S.DISPUTED},
        _S.REFUNDED: {_S.PAID_NO_SEAT, _S.PART_REFUNDED},
        _S.DISPUTED: {_S.PAID, _S.PAID_NO_SEAT, _S.PART_REFUNDED, _S.LOST, _S.REFUNDED},
        _S.LOST: set(),
        _S.EXPIRED: {_S.PROCESSING} | _MONEY_CAME,
        _S.FAILED: {_S.PROCESSING} | _MONEY_CAME,
        _S.CANCELLED: {_S.PROCESSING} | _MONEY_CAME,
        _S.REVIEW: {_S.PAID, _S.PAID_NO_SEAT, _S.REFUNDED, _S.CANCELLED},
    },
)
LIVE = (_S.DRAFT, _S.PENDING, _S.PROCESSING, _S.INVOICED, _S.PAID_NO_SEAT, _S.DISPUTED, _S.REVIEW)
WAITING = (_S.DRAFT, _S.PENDING, _S.PROCESSING)
MONEY_IS_HERE = (_S.PAID, _S.PAID_NO_SEAT, _S.PART_REFUNDED)
OWES = (*MONEY_IS_HERE, _S.INVOICED)
"""What is open on these is asked for."""


class EnrollmentOrder(Model):
    """Somebody wants a seat in a cohort, at the price of that day, under an agreement they have read.

    A person has one order for a cohort that can be paid at most; what it costs is copied from what was on offer:
    `list_cents` before and `amount_cents` after a code took something off. `dues` say which part is due when.
    """

    __tablename__ = "enrollment_order"
    __table_args__ = (
        CheckConstraint("amount_cents >= 0", name="amount_not_negative"),
        Index(
            "uq_enrollment_order_open",
            "user_id",
            "cohort_id",
            unique=True,
            postgresql_where=text("state IN ('draft', 'pending')"),
        ),
        Index("ix_enrollment_order_state", "state", "created_at"),
        Index("ix_enrollment_order_user", "user_id", "id"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollment.id"), index=True)
    amount_cents: Mapped[int]
    list_cents: Mapped[int]
    currency: Mapped[str]
    plan_kind: Mapped[PlanKind] = mapped_column(word(PlanKind), default=PlanKind.FULL)
    plan_title: Mapped[str] = mapped_column(default="In full")
    every_months: Mapped[int] = mapped_column(default=1)
    subscription_id: Mapped[str | None] = mapped_column(unique=True)
    schedule_id: Mapped[str | None] = mapped_column(unique=True)
    customer_id: Mapped[str | None]
    plan_ended_at: Mapped[datetime | None]
    patience_until: Mapped[date | None]
    agreement_version: Mapped[str]
    agreed_at: Mapped[datetime]
    state: Mapped[OrderState] = mapped_column(word(OrderState), default=OrderState.DRAFT)
    payment_intent_id: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    checked_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
    cohort: Mapped[Cohort] = relationship()
    enrollment: Mapped[Enrollment | None] = relationship()
    attempts: Mapped[list[CheckoutAttempt]] = relationship(back_populates="order", order_by="CheckoutAttempt.number")
    dues: Mapped[list[OrderDue]] = relationship(back_populates="order", order_by="OrderDue.number")
    invoice: Mapped[Invoice | None] = relationship(back_populates="order", uselist=False)
    payments: Mapped[list[Payment]] = relationship(viewonly=True, order_by="Payment.id")
    receipts: Mapped[list[Receipt]] = relationship(viewonly=True, order_by="Receipt.due_number")
    credit_notes: Mapped[list[CreditNote]] = relationship(viewonly=True, order_by="CreditNote.id")
    refunds: Mapped[list[Refund]] = relationship(viewonly=True, order_by="Refund.id")
    disputes: Mapped[list[Dispute]] = relationship(viewonly=True, order_by="Dispute.id")

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)

    @property
    def tax(self) -> Money:
        """The tax that was paid with the parts that are paid."""
        return Money(sum(due.tax_cents for due in self.dues), self.currency)

    @property
    def parts(self) -> int:
        """Into how many parts the price was divided; fees for more time are none of them."""
        return sum(not due.is_fee for due in self.dues)

    def amount_of(self, cents: int) -> Money:
        """A sum in the order's currency."""
        return Money(cents, self.currency)

    @property
    def seat_ref(self) -> str:
        """The name under which this order holds its seat."""
        return f"order:{self.id}"

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING


class AttemptState(StrEnum):
    """`unanswered`: asked of Stripe, or about to be. `refused`: Stripe never made it."""

    UNANSWERED = "unanswered"
    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"
    REFUSED = "refused"


_A = AttemptState
ATTEMPT_MOVES = Moves(
    "checkout attempt",
    {
        _A.UNANSWERED: {_A.OPEN, _A.COMPLETE, _A.EXPIRED, _A.REFUSED},
        _A.OPEN: {_A.COMPLETE, _A.EXPIRED},
        _A.COMPLETE: set(),
        _A.EXPIRED: {_A.COMPLETE},
        _A.REFUSED: set(),
    },
)


class CheckoutAttempt(Model):
    """One Checkout Session of an order. Key and parameters are stored before Stripe is called, so that a call whose
    answer was lost is made again as the same call (https://docs.stripe.com/api/idempotent_requests)."""

    __tablename__ = "checkout_attempt"
    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        Index(
            "uq_checkout_attempt_open",
            "order_id",
            unique=True,
            postgresql_where=text("state IN ('unanswered', 'open')"),
        ),
    )

    id: Mapped[pk]
    order_id: Mapped[int] = mapped_column(ForeignKey("enrollment_order.id"))
    number: Mapped[int]
    due_number: Mapped[int] = mapped_column(default=1)
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    params: Mapped[dict[str, Any]]
    params_hash: Mapped[str]
    session_id: Mapped[str | None] = mapped_column(unique=True)
    url: Mapped[str | None]
    expires_at: Mapped[datetime]
    state: Mapped[AttemptState] = mapped_column(word(AttemptState), default=AttemptState.UNANSWERED)
    created_at: Mapped[datetime]

    order: Mapped[EnrollmentOrder] = relationship(back_populates="attempts")

    def can_be_paid(self, at: datetime) -> bool:
        """Whether its page still takes money at a moment, as far as we know."""
        return self.state == AttemptState.OPEN and bool(self.url) and self.expires_at > at
