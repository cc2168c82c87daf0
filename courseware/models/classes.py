"""Live classes and who was there."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from courseware.models.course import Lesson
from enrollment.models import Cohort, Enrollment
from foundation.db import Model, pk, public_id


class LiveClass(Model):
    """A meeting of a cohort at an hour. It may be one of the meetings of a lesson of the kind `live_class`.

    `sequence` counts its changes, as calendars want it (RFC 5545); one that was called off keeps its row for them.
    """

    __tablename__ = "live_class"
    __table_args__ = (
        Index(
            "uq_live_class_hour", "cohort_id", "starts_at", unique=True, postgresql_where=text("called_off_at IS NULL")
        ),
        Index("ix_live_class_starts_at", "starts_at"),
        CheckConstraint("minutes > 0 AND core_minutes BETWEEN 0 AND minutes", name="core_within_minutes"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lesson.id"), index=True)
    title: Mapped[str]
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    core_minutes: Mapped[int]
    join_url: Mapped[str] = mapped_column(default="")
    recording_url: Mapped[str] = mapped_column(default="", server_default="")
    can_be_made_up: Mapped[bool] = mapped_column(default=True, server_default=true())
    instructor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    called_off_at: Mapped[datetime | None]
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")

    cohort: Mapped[Cohort] = relationship()
    lesson: Mapped[Lesson | None] = relationship()
    instructor: Mapped[User | None] = relationship()

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


class Attendance(Model):
    """A mark: how many minutes a person was there. Never edited: the mark with the highest number holds."""

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("live_class_id", "enrollment_id", "number"),
        CheckConstraint("minutes >= 0", name="minutes_not_negative"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    live_class_id: Mapped[int] = mapped_column(ForeignKey("live_class.id"))
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)
    minutes: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]

    live_class: Mapped[LiveClass] = relationship()
    enrollment: Mapped[Enrollment] = relationship()
