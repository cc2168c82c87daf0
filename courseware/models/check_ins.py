"""A trainee's own taps at the door of a class: came, went."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courseware.models.classes import LiveClass
from enrollment.models import Enrollment
from foundation.db import Model, pk


class CheckIn(Model):
    """One stay. Without `went_at` the person is there still; `counted_at` says when the class was closed over it."""

    __tablename__ = "check_in"
    __table_args__ = (
        Index(
            "uq_check_in_open", "live_class_id", "enrollment_id", unique=True, postgresql_where=text("went_at IS NULL")
        ),
        Index("ix_check_in_class", "live_class_id", "enrollment_id"),
        Index("ix_check_in_uncounted", "live_class_id", postgresql_where=text("counted_at IS NULL")),
        CheckConstraint("went_at >= came_at", name="went_after_coming"),
    )

    id: Mapped[pk]
    live_class_id: Mapped[int] = mapped_column(ForeignKey("live_class.id"))
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), index=True)
    came_at: Mapped[datetime]
    went_at: Mapped[datetime | None]
    counted_at: Mapped[datetime | None]

    live_class: Mapped[LiveClass] = relationship()
    enrollment: Mapped[Enrollment] = relationship()

    @property
    def is_open(self) -> bool:
        return self.went_at is None
