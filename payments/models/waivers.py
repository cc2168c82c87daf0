"""Waivers: what the school let go of, each with a name and a reason."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from foundation.db import Model, pk, word
from foundation.money import Money
from payments.models.dues import OrderDue


class WaiverKind(StrEnum):
    WAIVER = "waiver"
    SCHOLARSHIP = "scholarship"


class Waiver(Model):
    """One line: a part of a price that nobody is asked for. `cents` below zero takes such a line back."""

    __tablename__ = "waiver"
    __table_args__ = (
        CheckConstraint("cents <> 0", name="cents_not_zero"),
        Index("ix_waiver_due", "due_id", "id"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    due_id: Mapped[int] = mapped_column(ForeignKey("order_due.id"))
    kind: Mapped[WaiverKind] = mapped_column(word(WaiverKind))
    cents: Mapped[int]
    currency: Mapped[str]
    reason: Mapped[str]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)

    due: Mapped[OrderDue] = relationship(back_populates="waivers")
    given_by: Mapped[User | None] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.cents, self.currency)
