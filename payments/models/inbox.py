"""What Stripe has told us."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.db import Model, pk, word


class EventState(StrEnum):
    """`ignored`: about something that never was ours. `dead`: it names an order of ours that can't be found."""

    WAITING = "waiting"
    DONE = "done"
    IGNORED = "ignored"
    DEAD = "dead"


class StripeEvent(Model):
    """One event, stored once, before anything is done about it. The payload is a hint: the object is fetched anew."""

    __tablename__ = "stripe_event"
    __table_args__ = (
        Index("ix_stripe_event_waiting", "next_try", postgresql_where=text("state = 'waiting'")),
        Index("ix_stripe_event_object", "object_id"),
    )

    id: Mapped[pk]
    event_id: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[str]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("enrollment_order.id"), index=True)
    api_version: Mapped[str]
    livemode: Mapped[bool]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    received_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(default="webhook")
    state: Mapped[EventState] = mapped_column(word(EventState), default=EventState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try: Mapped[datetime]
    last_error: Mapped[str] = mapped_column(default="")
    handled_at: Mapped[datetime | None]
