"""A Competency Review Form that another school's passport speaks of: its facts, and the digest of its words."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from credentials.models.mentor import Mentor
from credentials.models.mentor_file import Level
from credentials.models.prior_learning import PriorLearning
from foundation.db import Model, pk, word


class BroughtReview(Model):
    """`document`: the digest of what was signed there; whoever holds the form can show that it is this one."""

    __tablename__ = "brought_review"
    __table_args__ = (Index("ix_brought_review_standing", "user_id", postgresql_where=text("taken_back_at IS NULL")),)

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    claim_id: Mapped[int] = mapped_column(ForeignKey("prior_learning.id"), index=True)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentor.id"))
    level: Mapped[Level] = mapped_column(word(Level))
    framework: Mapped[str]
    document: Mapped[str]
    signed_on: Mapped[date]
    taken_over_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]

    mentor: Mapped[Mentor] = relationship()
    claim: Mapped[PriorLearning] = relationship()
