"""The rule an order was placed under."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from enrollment.policies.terms import Terms, from_json
from foundation.db import Model


class OrderTerms(Model):
    """The terms that stood above the order when it was placed, whole; a later version does not touch them."""

    __tablename__ = "order_terms"
    __table_args__ = ({"info": {"append_only": True}},)

    order_id: Mapped[int] = mapped_column(ForeignKey("enrollment_order.id"), primary_key=True, autoincrement=False)
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("refund_policy.id"), index=True)
    version: Mapped[int]
    terms_json: Mapped[dict[str, Any]] = mapped_column("terms")
    at: Mapped[datetime]

    @property
    def terms(self) -> Terms:
        return from_json(self.terms_json)
