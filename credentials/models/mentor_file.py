"""The file of a mentor: what they hold, from when until when, and the document that shows it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from foundation.db import Model, pk, public_id, word


class FactKind(StrEnum):
    """A credential as it was awarded, a renewal of it, or ICF's Mentor Coach Specialization."""

    CREDENTIAL = "credential"
    RENEWAL = "renewal"
    SPECIALIZATION = "specialization"


class Level(StrEnum):
    ACC = "ACC"
    PCC = "PCC"
    MCC = "MCC"


class MentorProof(Model):
    """A document that shows what a mentor holds, byte for byte as it was handed in. Only staff read it."""

    __tablename__ = "mentor_proof"
    __table_args__ = ({"info": {"append_only": True}},)

    id: Mapped[pk]
    public_id: Mapped[public_id]
    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentor.id"), index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    added_at: Mapped[datetime]


class MentorFact(Model):
    """One thing a mentor holds. Without `held_from` since when is not known; without `held_until` it has no end yet.

    A mistake is withdrawn by another fact that names it and says why; nothing is edited.
    """

    __tablename__ = "mentor_fact"
    __table_args__ = (
        CheckConstraint("held_until >= held_from", name="ends_after_it_begins"),
        CheckConstraint("withdraws_id IS NULL OR length(reason) > 0", name="withdrawn_with_a_reason"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentor.id"), index=True)
    kind: Mapped[FactKind] = mapped_column(word(FactKind))
    level: Mapped[Level] = mapped_column(word(Level))
    held_from: Mapped[date | None]
    held_until: Mapped[date | None]
    proof_id: Mapped[int | None] = mapped_column(ForeignKey("mentor_proof.id"))
    note: Mapped[str] = mapped_column(default="")
    withdraws_id: Mapped[int | None] = mapped_column(ForeignKey("mentor_fact.id"), unique=True)
    reason: Mapped[str] = mapped_column(default="")
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    added_at: Mapped[datetime]

    proof: Mapped[MentorProof | None] = relationship()
    added_by: Mapped[User | None] = relationship()
