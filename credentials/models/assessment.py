"""What an assessment said, kept with the rules that it used; and what new rules would change for whom."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from credentials.models.rulebook import RuleDraft
from foundation.db import Model, pk, public_id, word
from foundation.states import Moves


class Occasion(StrEnum):
    """Why an assessment was kept."""

    ASKED = "asked"
    SUBMISSION = "submission"
    CERTIFICATE = "certificate"


class Assessment(Model):
    """The engine's whole answer as it was, the rule set and version that it was read under, and the book's digest."""

    __tablename__ = "assessment"
    __table_args__ = (
        Index("ix_assessment_user_made", "user_id", "made_at", "id"),
        Index("ix_assessment_version_number", "version_number"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    occasion: Mapped[Occasion] = mapped_column(word(Occasion))
    credential: Mapped[str]
    path: Mapped[str]
    apply_on: Mapped[date]
    verdict: Mapped[str]
    rule_set: Mapped[str]
    version_number: Mapped[int | None] = mapped_column(ForeignKey("rule_version.number"))
    book_digest: Mapped[str]
    answer: Mapped[dict[str, Any]]
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), index=True)
    made_at: Mapped[datetime]


class ReachState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    LEFT = "left"


REACH_MOVES = Moves(
    "reach of rules",
    {
        ReachState.WAITING: {ReachState.DONE, ReachState.LEFT},
        ReachState.DONE: set(),
        ReachState.LEFT: set(),
    },
)


class RuleReach(Model):
    """How far a draft reaches: the trainees of the school, read under the rules in force and under the draft.

    `digest` is that of the book with the draft on top; where either changes, this reach is left and another begun.
    `looked_until` is the last trainee looked at, so that a worker that dies is followed by one that goes on.
    """

    __tablename__ = "rule_reach"
    __table_args__ = (Index("uq_rule_reach_draft_digest", "draft_id", "digest", unique=True),)

    id: Mapped[pk]
    draft_id: Mapped[int] = mapped_column(ForeignKey("rule_draft.id"))
    digest: Mapped[str]
    on: Mapped[date]
    state: Mapped[ReachState] = mapped_column(word(ReachState), default=ReachState.WAITING)
    trainees: Mapped[int]
    looked_at: Mapped[int] = mapped_column(default=0)
    looked_until: Mapped[int] = mapped_column(default=0)
    turns: Mapped[dict[str, Any]] = mapped_column(default=dict)
    people: Mapped[list[Any]] = mapped_column(default=list)
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    draft: Mapped[RuleDraft] = relationship()
