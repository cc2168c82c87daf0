"""What is taught: modules, lessons, questions."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enrollment.models import Program
from foundation.db import Model, pk, word


class Module(Model):
    """A part of a program. `source_path` is the folder it was imported from."""

    __tablename__ = "module"
    __table_args__ = (UniqueConstraint("program_id", "source_path"), Index("ix_module_order", "program_id", "position"))

    id: Mapped[pk]
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id", ondelete="CASCADE"))
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    source_path: Mapped[str | None]

    program: Mapped[Program] = relationship()
    lessons: Mapped[list[Lesson]] = relationship(back_populates="module", order_by="(Lesson.position, Lesson.id)")


class LessonKind(StrEnum):
    READING = "reading"
    VIDEO = "video"
    QUIZ = "quiz"
    LIVE_CLASS = "live_class"


class Lesson(Model):
    """One step of a program; `slug` is its address within the program.

    `minutes` of education, `core_minutes` of them on the Core Competencies. `media` of a video: `video`, `captions`
    and `poster` are files under `static/video/`, `seconds` its length. `facts`: what the author says besides.
    """

    __tablename__ = "lesson"
    __table_args__ = (
        UniqueConstraint("program_id", "slug"),
        UniqueConstraint("program_id", "source_path"),
        Index("ix_lesson_order", "module_id", "position"),
        CheckConstraint("minutes >= 0 AND core_minutes BETWEEN 0 AND minutes", name="core_within_minutes"),
    )

    id: Mapped[pk]
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id", ondelete="CASCADE"))
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id", ondelete="CASCADE"))
    slug: Mapped[str]
    title: Mapped[str]
    kind: Mapped[LessonKind] = mapped_column(word(LessonKind))
    summary: Mapped[str] = mapped_column(default="")
    minutes: Mapped[int] = mapped_column(default=0)
    core_minutes: Mapped[int] = mapped_column(default=0)
    synchronous: Mapped[bool] = mapped_column(default=False)
    body_md: Mapped[str] = mapped_column(default="")
    transcript_md: Mapped[str] = mapped_column(default="")
    media: Mapped[dict[str, Any]] = mapped_column(default=dict)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    pass_percent: Mapped[int] = mapped_column(default=75)
    position: Mapped[int] = mapped_column(default=0)
    source_path: Mapped[str | None]
    content_hash: Mapped[str] = mapped_column(default="")

    module: Mapped[Module] = relationship(back_populates="lessons")
    questions: Mapped[list[Question]] = relationship(
        back_populates="lesson", order_by="(Question.position, Question.id)", cascade="all, delete-orphan"
    )


class QuestionKind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"


class Question(Model):
    """A question of a quiz; right when exactly the right choices are chosen."""

    __tablename__ = "question"

    id: Mapped[pk]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"), index=True)
    kind: Mapped[QuestionKind] = mapped_column(word(QuestionKind))
    text: Mapped[str]
    explanation: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)

    lesson: Mapped[Lesson] = relationship(back_populates="questions")
    choices: Mapped[list[Choice]] = relationship(
        back_populates="question", order_by="(Choice.position, Choice.id)", cascade="all, delete-orphan"
    )


class Choice(Model):
    """One possible answer."""

    __tablename__ = "choice"

    id: Mapped[pk]
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    is_correct: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)

    question: Mapped[Question] = relationship(back_populates="choices")
