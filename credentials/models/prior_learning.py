"""Learning before or beside the program: what a trainee claims of another provider, its document, and the decision."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from credentials.models.ledger import Kind
from enrollment.models import Enrollment
from foundation.db import Model, pk, public_id, word
from foundation.states import Moves


class Accreditation(StrEnum):
    """What the other provider's program was accredited as, in the words of the credential profile."""

    LEVEL1 = "level1"
    LEVEL2 = "level2"
    LEVEL3 = "level3"
    ACTP = "actp"
    ACSTH = "acsth"
    CCE = "cce"
    NONE = "none"


class ClaimState(StrEnum):
    HANDED_IN = "handed_in"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    TAKEN_BACK = "taken_back"


CLAIM_MOVES = Moves(
    "prior learning",
    {
        ClaimState.HANDED_IN: {ClaimState.APPROVED, ClaimState.DECLINED, ClaimState.WITHDRAWN},
        ClaimState.APPROVED: {ClaimState.TAKEN_BACK},
        ClaimState.DECLINED: set(),
        ClaimState.WITHDRAWN: set(),
        ClaimState.TAKEN_BACK: set(),
    },
)
PARTS = ("live_core", "live_resource", "own_core", "own_resource")
NONE_NEGATIVE = (
    "live_core >= 0 AND live_resource >= 0 AND own_core >= 0 AND own_resource >= 0 "
    "AND (live_core + live_resource + own_core + own_resource > 0 OR brought <> '{}'::jsonb)"
)
BROUGHT = (Kind.COACHING, Kind.MENTOR, Kind.CCE)
"""What a passport brings beside education, line by line."""


class PriorLearning(Model):
    """One claim. Its minutes are claimed; what was granted stands in `granted` and, line by line, in the ledger.

    `live_*` are synchronous minutes, `own_*` asynchronous ones. With an enrollment they count in that program, without
    one they stand as education of their own. `brought`: minutes of other kinds, which only a passport brings; also
    minutes received from peers, and how many Review Forms, which are no hours of one's own.
    """

    __tablename__ = "prior_learning"
    __table_args__ = (
        CheckConstraint(NONE_NEGATIVE, name="some_minutes"),
        CheckConstraint("last_on >= first_on", name="ends_after_it_begins"),
        Index("ix_prior_learning_user", "user_id", "id"),
        Index("ix_prior_learning_waiting", "handed_in_at", postgresql_where=text("state = 'handed_in'")),
        Index(
            "uq_prior_learning_document",
            "user_id",
            "sha256",
            unique=True,
            postgresql_where=text("state IN ('handed_in', 'approved')"),
        ),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollment.id"), index=True)
    state: Mapped[ClaimState] = mapped_column(word(ClaimState))
    provider: Mapped[str]
    title: Mapped[str]
    accreditation: Mapped[Accreditation] = mapped_column(word(Accreditation))
    completed: Mapped[bool]
    first_on: Mapped[date]
    last_on: Mapped[date]
    live_core: Mapped[int]
    live_resource: Mapped[int]
    own_core: Mapped[int]
    own_resource: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    document_name: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str]
    signer: Mapped[str] = mapped_column(default="")  # a passport's: the thumbprint of its key
    brought: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    granted: Mapped[dict[str, Any]] = mapped_column(default=dict)
    handed_in_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(default="")

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    enrollment: Mapped[Enrollment | None] = relationship()

    @property
    def has_document(self) -> bool:
        """Whether it is still there: where its trainee was erased it stays only behind a certificate that stands."""
        return not self.sha256.startswith("erased:")

    @property
    def claimed(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in PARTS}

    @property
    def minutes(self) -> int:
        """What is claimed, in all and of every kind."""
        return sum(self.claimed.values()) + sum(int(self.brought.get(name, 0)) for name in BROUGHT)

    @property
    def granted_minutes(self) -> int:
        return sum(int(self.granted.get(name, 0)) for name in (*PARTS, *BROUGHT))


class CarriedLine(Model):
    """A line of a passport behind a claim: one claim at a time, whoever hands it in. Released where the claim fails."""

    __tablename__ = "carried_line"
    __table_args__ = (
        Index("uq_carried_line_stands", "line_id", unique=True, postgresql_where=text("released_at IS NULL")),
    )

    id: Mapped[pk]
    claim_id: Mapped[int] = mapped_column(ForeignKey("prior_learning.id"), index=True)
    line_id: Mapped[str]
    released_at: Mapped[datetime | None]
