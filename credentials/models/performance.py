"""The performance evaluation at the end of a program: recordings handed in, and what was said about each."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from credentials.models.mentor_file import Level
from enrollment.models import Enrollment
from foundation.db import Model, pk, public_id, word
from foundation.secrets import decrypt
from foundation.states import Moves

OPEN = "state IN ('waiting', 'taken')"


class SubmissionState(StrEnum):
    """`taken`: an assessor listens to it. `resubmit`: not yet, and the verdict says what to change."""

    WAITING = "waiting"
    TAKEN = "taken"
    PASSED = "passed"
    RESUBMIT = "resubmit"
    WITHDRAWN = "withdrawn"


SUBMISSION_MOVES = Moves(
    "submission",
    {
        SubmissionState.WAITING: {SubmissionState.TAKEN, SubmissionState.WITHDRAWN},
        SubmissionState.TAKEN: {SubmissionState.WAITING, SubmissionState.PASSED, SubmissionState.RESUBMIT},
        SubmissionState.PASSED: set(),
        SubmissionState.RESUBMIT: set(),
        SubmissionState.WITHDRAWN: set(),
    },
)


class EvaluationSubmission(Model):
    """One attempt. Where the recording lies and what was written is sealed: a client speaks on it.

    `sealed_draft`: what its assessor has written so far, for them alone.
    """

    __tablename__ = "evaluation_submission"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 1 AND 240", name="minutes_of_a_recording"),
        CheckConstraint("(state = 'taken') <= (taken_by_id IS NOT NULL)", name="taken_by_somebody"),
        Index("uq_evaluation_submission_open", "enrollment_id", unique=True, postgresql_where=text(OPEN)),
        Index("ix_evaluation_submission_enrollment", "enrollment_id", "id"),
        Index("ix_evaluation_submission_user", "user_id", "id"),
        Index("ix_evaluation_submission_taken_by", "taken_by_id", "id"),
        Index("ix_evaluation_submission_waiting", "submitted_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    level: Mapped[Level] = mapped_column(word(Level))
    rubric: Mapped[str]
    attempt: Mapped[int]
    about_on: Mapped[date]
    minutes: Mapped[int]
    sealed_link: Mapped[str]
    sealed_transcript: Mapped[str] = mapped_column(default="")
    sealed_reflection: Mapped[str]
    sealed_draft: Mapped[str] = mapped_column(default="")
    state: Mapped[SubmissionState] = mapped_column(word(SubmissionState))
    submitted_at: Mapped[datetime]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    taken_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]

    enrollment: Mapped[Enrollment] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    taken_by: Mapped[User | None] = relationship(foreign_keys=[taken_by_id])
    verdict: Mapped[EvaluationVerdict | None] = relationship(back_populates="submission")

    @property
    def link(self) -> str:
        """In clear, like all that is sealed here: for its trainee and for who has taken it."""
        return decrypt(self.sealed_link) if self.sealed_link else ""

    @property
    def transcript(self) -> str:
        return decrypt(self.sealed_transcript) if self.sealed_transcript else ""

    @property
    def reflection(self) -> str:
        return decrypt(self.sealed_reflection) if self.sealed_reflection else ""

    @property
    def draft(self) -> str:
        return decrypt(self.sealed_draft) if self.sealed_draft else ""


class EvaluationVerdict(Model):
    """What an assessor said about one attempt, signed by the hash of its words. `held`: what they held that day."""

    __tablename__ = "evaluation_verdict"
    __table_args__ = ({"info": {"append_only": True}},)

    id: Mapped[pk]
    public_id: Mapped[public_id]
    submission_id: Mapped[int] = mapped_column(ForeignKey("evaluation_submission.id"), unique=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    author_name: Mapped[str]
    held: Mapped[str]
    passed: Mapped[bool]
    sealed_content: Mapped[str]
    sha256: Mapped[str]
    at: Mapped[datetime]

    submission: Mapped[EvaluationSubmission] = relationship(back_populates="verdict")
    seen: Mapped[EvaluationSeen | None] = relationship()

    @property
    def content(self) -> str:
        """In clear, as JSON; nothing where the trainee has been erased."""
        return decrypt(self.sealed_content) if self.sealed_content else ""


class EvaluationSeen(Model):
    """Its trainee has read a verdict and signs for that, by the same hash."""

    __tablename__ = "evaluation_seen"
    __table_args__ = ({"info": {"append_only": True}},)

    id: Mapped[pk]
    verdict_id: Mapped[int] = mapped_column(ForeignKey("evaluation_verdict.id"), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    signer_name: Mapped[str]
    sha256: Mapped[str]
    at: Mapped[datetime]
