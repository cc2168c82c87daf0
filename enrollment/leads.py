"""People who asked for the free guide, and each time they asked."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.db import Model, pk, public_id, word
from foundation.states import Moves
from mail.models import Letter


class Lead(Model):
    """Somebody who may become a trainee. `confirmed_at`: when the address proved to be theirs."""

    __tablename__ = "lead"

    id: Mapped[pk]
    public_id: Mapped[public_id]
    email: Mapped[str] = mapped_column()
    name: Mapped[str]
    source: Mapped[str] = mapped_column(default="guide")
    asked_at: Mapped[datetime] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]
    is_suspect: Mapped[bool] = mapped_column(default=False)
    news: Mapped[bool] = mapped_column(default=False)

    asks: Mapped[list[GuideRequest]] = relationship(back_populates="lead", order_by="GuideRequest.id")

    __table_args__ = (Index("uq_lead_email_lower", func.lower(email), unique=True),)


class AskState(StrEnum):
    HELD = "held"
    PROMISED = "promised"
    CONFIRMED = "confirmed"


ASK_MOVES = Moves(
    "guide request",
    {
        AskState.HELD: {AskState.PROMISED},
        AskState.PROMISED: {AskState.CONFIRMED},
        AskState.CONFIRMED: set(),
    },
)


class GuideRequest(Model):
    """One time somebody asked for the guide. `round` counts its letters: only the newest one's link works."""

    __tablename__ = "guide_request"
    __table_args__ = (
        Index("ix_guide_request_lead", "lead_id", "id"),
        Index("ix_guide_request_held", "id", postgresql_where=text("state = 'held'")),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    name: Mapped[str]
    news: Mapped[bool] = mapped_column(default=False)
    state: Mapped[AskState] = mapped_column(word(AskState))
    round: Mapped[int] = mapped_column(default=1)
    suspicion: Mapped[str] = mapped_column(default="")
    page: Mapped[str] = mapped_column(default="")
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"), index=True)
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]

    lead: Mapped[Lead] = relationship(back_populates="asks")
    letter: Mapped[Letter | None] = relationship()
