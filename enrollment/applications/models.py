"""A program's questions in their versions, who applies with what answers, and what staff note about it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from enrollment.models import Cohort, Program, Seat
from foundation.db import Model, pk, public_id, word
from foundation.states import Moves


class Kind(StrEnum):
    """How a question is answered."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    YES = "yes"


class Questions(Model):
    """One version of what a program asks. Never edited: applications keep the version that they answered.

    `questions`: `{"key", "label", "kind", "choices", "is_needed"}` each. `is_asked` false: nobody applies any more.
    """

    __tablename__ = "application_questions"
    __table_args__ = (
        UniqueConstraint("program_id", "version"),
        CheckConstraint("days_to_buy BETWEEN 1 AND 120", name="some_days_to_buy"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    version: Mapped[int]
    is_asked: Mapped[bool]
    intro: Mapped[str] = mapped_column(default="")
    questions: Mapped[list[Any]]
    days_to_buy: Mapped[int]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    published_at: Mapped[datetime]

    program: Mapped[Program] = relationship()


class ApplicationState(StrEnum):
    """`taken_up`: an order is being paid, or has been. `lapsed`: accepted, and not bought in time."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    MORE_ASKED = "more_asked"
    ACCEPTED = "accepted"
    TAKEN_UP = "taken_up"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


_A = ApplicationState
APPLICATION_MOVES = Moves(
    "application",
    {
        _A.DRAFT: {_A.SUBMITTED, _A.WITHDRAWN, _A.LAPSED},
        _A.SUBMITTED: {_A.IN_REVIEW, _A.MORE_ASKED, _A.ACCEPTED, _A.DECLINED, _A.WITHDRAWN, _A.LAPSED},
        _A.IN_REVIEW: {_A.MORE_ASKED, _A.ACCEPTED, _A.DECLINED, _A.WITHDRAWN, _A.LAPSED},
        _A.MORE_ASKED: {_A.SUBMITTED, _A.ACCEPTED, _A.DECLINED, _A.WITHDRAWN, _A.LAPSED},
        _A.ACCEPTED: {_A.TAKEN_UP, _A.DECLINED, _A.WITHDRAWN, _A.LAPSED},
        _A.TAKEN_UP: {_A.ACCEPTED, _A.LAPSED},
        _A.DECLINED: set(),
        _A.WITHDRAWN: set(),
        _A.LAPSED: set(),
    },
)
WRITES = (_A.DRAFT, _A.MORE_ASKED)
WAITS = (_A.SUBMITTED, _A.IN_REVIEW)
LIVE = (*WRITES, *WAITS, _A.ACCEPTED, _A.TAKEN_UP)


class Application(Model):
    """One person's application for one cohort; who applies again later writes another.

    `word`: what staff last wrote to them. `due_until`: when an acceptance ends. `revision` counts its changes.
    """

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint("state <> 'accepted' OR due_until IS NOT NULL", name="an_acceptance_ends"),
        Index(
            "uq_application_live",
            "user_id",
            "cohort_id",
            unique=True,
            postgresql_where=text("state IN ('draft', 'submitted', 'in_review', 'more_asked', 'accepted', 'taken_up')"),
        ),
        Index("ix_application_state", "state", "submitted_at"),
        Index("ix_application_cohort", "cohort_id", "state"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    questions_id: Mapped[int] = mapped_column(ForeignKey("application_questions.id"), index=True)
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"), index=True)
    state: Mapped[ApplicationState] = mapped_column(word(ApplicationState), default=ApplicationState.DRAFT)
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    word: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    begun_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    due_until: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    questions: Mapped[Questions] = relationship()
    seat: Mapped[Seat | None] = relationship()

    @property
    def seat_ref(self) -> str:
        """The name under which a seat is held for whoever is accepted."""
        return f"application:{self.id}"

    def admits(self, at: datetime) -> bool:
        """Whether they may order at a moment; the end itself is too late."""
        in_time = self.due_until is not None and at < self.due_until
        return self.state == ApplicationState.TAKEN_UP or (self.state == ApplicationState.ACCEPTED and in_time)


class NoteKind(StrEnum):
    """`wanted`: somebody else shall look too. `for`, `against`: what a second pair of eyes says."""

    NOTE = "note"
    WANTED = "wanted"
    FOR = "for"
    AGAINST = "against"


class ApplicationNote(Model):
    """What staff write about an application for each other. Never edited."""

    __tablename__ = "application_note"
    __table_args__ = (Index("ix_application_note", "application_id", "id"), {"info": {"append_only": True}})

    id: Mapped[pk]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    kind: Mapped[NoteKind] = mapped_column(word(NoteKind))
    text: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    at: Mapped[datetime]

    by: Mapped[User] = relationship()
