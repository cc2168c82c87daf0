"""The hours ledger: how many minutes, of what kind, on what day, from what evidence. Nothing in it is edited."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from foundation.db import Model, pk, public_id, word

REVERSED_WITH_A_REASON = "CASE WHEN reverses_id IS NULL THEN minutes > 0 ELSE minutes < 0 AND length(reason) > 0 END"

# A run of coaching with one client, taken over from elsewhere, may hold years; any other line is an occasion.
NO_ABSURD_LINE = "abs(minutes) <= CASE WHEN kind = 'coaching' THEN 600000 ELSE 6000 END"

TAKES_BACK = text("reverses_id IS NOT NULL")


class Kind(StrEnum):
    """What kind of hours a line holds."""

    EDUCATION = "education"
    COACHING = "coaching"
    MENTOR = "mentor"
    OBSERVED = "observed"
    CCE = "cce"


class LedgerEntry(Model):
    """One line. A mistake is reversed by another line with a reason, once; `source_key` lets one source earn once.

    The database takes a reversal only where it cancels its line to the minute.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint(REVERSED_WITH_A_REASON, name="reversed_with_a_reason"),
        CheckConstraint("core_minutes * sign(minutes) BETWEEN 0 AND abs(minutes)", name="core_within_minutes"),
        CheckConstraint(NO_ABSURD_LINE, name="no_absurd_line"),
        Index(
            "ix_ledger_entry_sums",
            "user_id",
            "kind",
            "synchronous",
            "enrollment_id",
            postgresql_include=["id", "on", "minutes", "core_minutes", "reverses_id"],
        ),
        Index("ix_ledger_entry_user_on", "user_id", "on", "id"),
        Index("ix_ledger_entry_enrollment_kind", "enrollment_id", "kind"),
        Index("ix_ledger_entry_kind_minutes", "kind", "minutes"),
        Index("uq_ledger_entry_reverses_id", "reverses_id", unique=True, postgresql_where=TAKES_BACK),
        Index("ix_ledger_entry_taken_back", "user_id", "reverses_id", postgresql_where=TAKES_BACK),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollment.id"))
    kind: Mapped[Kind] = mapped_column(word(Kind))
    minutes: Mapped[int]
    core_minutes: Mapped[int] = mapped_column(default=0)
    synchronous: Mapped[bool]
    on: Mapped[date]
    title: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    evidence_type: Mapped[str]
    evidence_ref: Mapped[str] = mapped_column(default="")
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))
    reason: Mapped[str] = mapped_column(default="")
    source_key: Mapped[str] = mapped_column(unique=True)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])
    reverses: Mapped[LedgerEntry | None] = relationship(remote_side="LedgerEntry.id", foreign_keys=[reverses_id])

    @property
    def is_reversal(self) -> bool:
        return self.reverses_id is not None
