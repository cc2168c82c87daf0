"""Every change of the day until which somebody may complete the course."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from foundation.db import Model, pk, word


class AccessKind(StrEnum):
    """`bought`: a paid extension, or one that the rules give for nothing. `given`: by staff, with a reason."""

    BEGUN = "begun"
    MOVED = "moved"
    BOUGHT = "bought"
    GIVEN = "given"
    PAUSED = "paused"
    RESUMED = "resumed"
    ENDED = "ended"


class AccessChange(Model):
    """One change: what the last day was and is. `key` names what it came from, so that it is made once."""

    __tablename__ = "access_change"
    __table_args__ = (
        Index("ix_access_change_enrollment", "enrollment_id", "id"),
        Index("uq_access_change_key", "key", unique=True),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    kind: Mapped[AccessKind] = mapped_column(word(AccessKind))
    key: Mapped[str | None]
    was_until: Mapped[date | None]
    until: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    at: Mapped[datetime]

    by: Mapped[User | None] = relationship()
