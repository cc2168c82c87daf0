"""Plans that rest: Stripe collects no instalment until the school or the buyer knows how it goes on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from foundation.db import Model


class PlanRest(Model):
    """One for each order whose plan has rested, from `begun_at`. `since`: Stripe has said that it charges nobody.

    `skipped` counts the instalments that were passed over, by which all that follow are later; `calls` makes each
    change a call of its own at Stripe.
    """

    __tablename__ = "plan_rest"

    order_id: Mapped[int] = mapped_column(ForeignKey("enrollment_order.id"), primary_key=True)
    begun_at: Mapped[datetime]
    since: Mapped[datetime | None]
    skipped: Mapped[int] = mapped_column(default=0)
    calls: Mapped[int] = mapped_column(default=0)
    checked_at: Mapped[datetime | None]
