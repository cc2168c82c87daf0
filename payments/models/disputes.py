"""Disputes: a buyer's bank asks about a payment, or takes it back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.db import Model, pk
from foundation.money import Money
from payments.models.orders import EnrollmentOrder

INQUIRY = ("warning_needs_response", "warning_under_review")
"""The bank only asks: no money has moved (https://docs.stripe.com/disputes/how-disputes-work)."""
OPEN = ("needs_response", "under_review")
"""The bank has taken the money, and has not decided."""


class Dispute(Model):
    """One dispute, in Stripe's own words (`status`, `reason`), as it was when we last asked."""

    __tablename__ = "dispute"
    __table_args__ = (Index("ix_dispute_order", "order_id", "id"),)

    id: Mapped[pk]
    order_id: Mapped[int] = mapped_column(ForeignKey("enrollment_order.id"))
    stripe_id: Mapped[str] = mapped_column(unique=True)
    cents: Mapped[int]
    currency: Mapped[str]
    status: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    answer_by: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    heard_at: Mapped[datetime]

    order: Mapped[EnrollmentOrder] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.cents, self.currency)
