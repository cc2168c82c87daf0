"""The school's own versions of the rules: what an owner drafts, publishes and takes back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from foundation.db import Model, pk, public_id, word
from foundation.states import Moves


class DraftState(StrEnum):
    OPEN = "open"
    PUBLISHED = "published"
    DISCARDED = "discarded"


DRAFT_MOVES = Moves(
    "draft of rules",
    {
        DraftState.OPEN: {DraftState.PUBLISHED, DraftState.DISCARDED},
        DraftState.PUBLISHED: set(),
        DraftState.DISCARDED: set(),
    },
)


class RuleDraft(Model):
    """Rules that an owner is writing. `text` is the document as JSON, as it last passed the checker."""

    __tablename__ = "rule_draft"
    __table_args__ = (Index("ix_rule_draft_open", "begun_at", postgresql_where=text("state = 'open'")),)

    id: Mapped[pk]
    public_id: Mapped[public_id]
    about: Mapped[str]
    text: Mapped[str]
    state: Mapped[DraftState] = mapped_column(word(DraftState), default=DraftState.OPEN)
    begun_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    begun_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    begun_by: Mapped[User] = relationship()


class RuleVersion(Model):
    """A published version: the document, its digest, why, and what it changed in words. Its row never changes."""

    __tablename__ = "rule_version"
    __table_args__ = (
        CheckConstraint("length(why) > 0", name="a_reason"),
        CheckConstraint("number > 0", name="counted_from_one"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    number: Mapped[int] = mapped_column(unique=True)
    about: Mapped[str]
    text: Mapped[str]
    digest: Mapped[str]
    why: Mapped[str]
    differences: Mapped[list[Any]]
    published_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    published_at: Mapped[datetime]

    published_by: Mapped[User] = relationship()
    withdrawal: Mapped[RuleWithdrawal | None] = relationship(back_populates="version", lazy="joined")

    @property
    def is_live(self) -> bool:
        return self.withdrawal is None


class RuleWithdrawal(Model):
    """A version is taken back, since when and why. What was assessed under it keeps it."""

    __tablename__ = "rule_withdrawal"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="a_reason"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    version_id: Mapped[int] = mapped_column(ForeignKey("rule_version.id"), unique=True)
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str]

    version: Mapped[RuleVersion] = relationship(back_populates="withdrawal")
    actor: Mapped[User] = relationship()
