"""The accreditation packs that were asked for: each is put together by a worker, document by document."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from enrollment.models import Cohort
from foundation.db import Model, pk, public_id, word
from foundation.states import Moves


class PackState(StrEnum):
    """`gone`: its file was removed after some days; it is asked for anew."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    GONE = "gone"


PACK_MOVES = Moves(
    "accreditation pack",
    {
        PackState.WAITING: {PackState.DONE, PackState.FAILED},
        PackState.DONE: {PackState.GONE},
        PackState.FAILED: {PackState.GONE},
        PackState.GONE: set(),
    },
)


class AccreditationPack(Model):
    """One pack of a cohort. `made` of `documents` are typeset; `percent` of what is asked were there when it was done.

    The file lies under `var/packs/` by the pack's name, and holds what people wrote about each other: it stays a week.
    """

    __tablename__ = "accreditation_pack"
    __table_args__ = (
        CheckConstraint("made BETWEEN 0 AND documents", name="made_of_documents"),
        CheckConstraint("state <> 'failed' OR length(fault) > 0", name="failed_for_a_reason"),
        Index("uq_accreditation_pack_waiting", "cohort_id", unique=True, postgresql_where=text("state = 'waiting'")),
        Index("ix_accreditation_pack_cohort", "cohort_id", "id"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    state: Mapped[PackState] = mapped_column(word(PackState))
    documents: Mapped[int] = mapped_column(default=0)
    made: Mapped[int] = mapped_column(default=0)
    percent: Mapped[int | None]
    bytes: Mapped[int | None]
    sha256: Mapped[str] = mapped_column(default="")
    fault: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship()
    asked_by: Mapped[User] = relationship()
