"""The table of policies. A version is never edited: a change is the next version."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from enrollment.models import Cohort, Program
from enrollment.policies.terms import Terms, from_json
from foundation.db import Model, pk


class RefundPolicy(Model):
    """One version of the rules for the school, a program or a cohort, in force from a day until the next version's.

    `scope` is `school`, `program:<id>` or `cohort:<id>`; the narrowest one that has a version holds.
    """

    __tablename__ = "refund_policy"
    __table_args__ = (
        UniqueConstraint("scope", "version"),
        CheckConstraint("version > 0", name="version_counts_from_one"),
        CheckConstraint("program_id IS NULL OR cohort_id IS NULL", name="one_scope"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    scope: Mapped[str]
    program_id: Mapped[int | None] = mapped_column(ForeignKey("program.id"), index=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"), index=True)
    version: Mapped[int]
    effective_on: Mapped[date]
    terms_json: Mapped[dict[str, Any]] = mapped_column("terms")
    note: Mapped[str]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime]

    program: Mapped[Program | None] = relationship()
    cohort: Mapped[Cohort | None] = relationship()
    created_by: Mapped[User | None] = relationship()

    @property
    def terms(self) -> Terms:
        return from_json(self.terms_json)
