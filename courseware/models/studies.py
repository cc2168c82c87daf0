"""What one trainee did with the lessons."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courseware.models.course import Lesson
from enrollment.models import Enrollment
from foundation.db import Model, pk, word
from foundation.states import Moves


class ProgressState(StrEnum):
    NOT_STARTED = "not_started"
    UNDER_WAY = "under_way"
    FINISHED = "finished"


PROGRESS_MOVES = Moves(
    "lesson progress",
    {
        ProgressState.NOT_STARTED: {ProgressState.UNDER_WAY, ProgressState.FINISHED},
        ProgressState.UNDER_WAY: {ProgressState.FINISHED},
        ProgressState.FINISHED: set(),
    },
)


class LessonProgress(Model):
    """How far a trainee is with a lesson. `where_left` is a place in it (seconds of a video, a heading)."""

    __tablename__ = "lesson_progress"
    __table_args__ = (UniqueConstraint("enrollment_id", "lesson_id"),)

    id: Mapped[pk]
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"), index=True)
    state: Mapped[ProgressState] = mapped_column(word(ProgressState), default=ProgressState.NOT_STARTED)
    where_left: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    lesson: Mapped[Lesson] = relationship()


class QuizAttempt(Model):
    """One try at a quiz, frozen: questions and choices stand in it as they were read, whatever is edited later."""

    __tablename__ = "quiz_attempt"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "lesson_id", "number"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), index=True)
    number: Mapped[int]
    answers: Mapped[list[Any]]
    right: Mapped[int]
    total: Mapped[int]
    percent: Mapped[int]
    passed: Mapped[bool]
    at: Mapped[datetime]

    lesson: Mapped[Lesson] = relationship()


class Note(Model):
    """What a trainee wrote beside a lesson. Nobody else reads it."""

    __tablename__ = "note"
    __table_args__ = (UniqueConstraint("enrollment_id", "lesson_id"),)

    id: Mapped[pk]
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"), index=True)
    body: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime]

    enrollment: Mapped[Enrollment] = relationship()
