"""What a seat costs: ways to pay for a cohort, and codes that take something off."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from enrollment.models import Cohort, Program
from foundation.db import Model, pk, public_id, word
from foundation.money import Money
from payments.models.orders import EnrollmentOrder, PlanKind


class PricePlan(Model):
    """One way to pay for a cohort. `total_cents` is the whole of it; while `from_at` to `until_at` it is on offer.

    A cohort without a live plan in full is sold in full at its list price. By invoice, an employer has `invoice_days`
    to pay; with `lets_in` the trainee is let in before the money is there.
    """

    __tablename__ = "price_plan"
    __table_args__ = (
        CheckConstraint("total_cents >= 0", name="total_not_negative"),
        CheckConstraint(
            "kind <> 'deposit' OR (deposit_cents > 0 AND deposit_cents < total_cents)", name="deposit_fits"
        ),
        CheckConstraint("kind <> 'instalments' OR instalments BETWEEN 2 AND 36", name="instalments_fit"),
        CheckConstraint("kind <> 'invoice' OR invoice_days BETWEEN 0 AND 120", name="invoice_days_fit"),
        CheckConstraint("every_months BETWEEN 1 AND 12", name="every_months_fit"),
        Index("ix_price_plan_cohort", "cohort_id", "position"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    kind: Mapped[PlanKind] = mapped_column(word(PlanKind))
    title: Mapped[str]
    total_cents: Mapped[int]
    deposit_cents: Mapped[int | None]
    balance_on: Mapped[date | None]
    instalments: Mapped[int | None]
    every_months: Mapped[int] = mapped_column(default=1)
    invoice_days: Mapped[int | None]
    lets_in: Mapped[bool] = mapped_column(default=False)
    from_at: Mapped[datetime | None]
    until_at: Mapped[datetime | None]
    is_offered: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    cohort: Mapped[Cohort] = relationship()

    @property
    def total(self) -> Money:
        return Money(self.total_cents, self.cohort.currency)

    def is_live(self, at: datetime) -> bool:
        """Whether a buyer may choose it at a moment."""
        has_begun = self.from_at is None or self.from_at <= at
        return self.is_offered and has_begun and (self.until_at is None or at < self.until_at)


class PromotionCode(Model):
    """A code that takes a share or a sum off, for everybody or for one person (a scholarship, with its reason).

    `email` binds it to one person, `for_user_id` to one who need not type it; `uses` is how often it may be used,
    None for as often as people like.
    """

    __tablename__ = "promotion_code"
    __table_args__ = (
        CheckConstraint("(percent IS NULL) <> (cents IS NULL)", name="percent_or_cents"),
        CheckConstraint("percent IS NULL OR percent BETWEEN 1 AND 100", name="percent_fits"),
        CheckConstraint("cents IS NULL OR (cents > 0 AND currency IS NOT NULL)", name="cents_fit"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    code: Mapped[str] = mapped_column(unique=True)
    reason: Mapped[str]
    percent: Mapped[int | None]
    cents: Mapped[int | None]
    currency: Mapped[str | None]
    program_id: Mapped[int | None] = mapped_column(ForeignKey("program.id"), index=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"), index=True)
    email: Mapped[str | None]
    for_user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    uses: Mapped[int | None]
    from_at: Mapped[datetime | None]
    until_at: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)

    program: Mapped[Program | None] = relationship()
    cohort: Mapped[Cohort | None] = relationship()
    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id])

    @property
    def worth(self) -> str:
        """What it takes off, as people read it."""
        return f"{self.percent} %" if self.percent else Money(self.cents or 0, self.currency or "USD").shown()


class CodeUse(Model):
    """A code that was used for an order, and what it took off. It counts while the order can lead to a seat."""

    __tablename__ = "code_use"
    __table_args__ = (UniqueConstraint("order_id"), Index("ix_code_use_code", "code_id"))

    id: Mapped[pk]
    code_id: Mapped[int] = mapped_column(ForeignKey("promotion_code.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("enrollment_order.id"))
    cents_off: Mapped[int]
    at: Mapped[datetime]

    code: Mapped[PromotionCode] = relationship()
    order: Mapped[EnrollmentOrder] = relationship()
