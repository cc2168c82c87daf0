"""The audit log: who did what to what, and when; written in the same transaction, never edited."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from foundation.db import Model, db, pk


class HasId(Protocol):
    @property
    def id(self) -> Any: ...


class AuditLine(Model):
    """One act. `actor_id` is empty where the program acted by itself; facts hold codes and figures only."""

    __tablename__ = "audit_line"
    __table_args__ = (
        Index("ix_audit_line_subject", "subject_type", "subject_id", "id"),
        {"info": {"append_only": True}},
    )

    id: Mapped[pk]
    at: Mapped[datetime] = mapped_column(index=True)
    verb: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(index=True)
    subject_type: Mapped[str]
    subject_id: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(verb: str, *, subject: HasId, at: datetime, actor: HasId | None = None, **facts: Any) -> AuditLine:
    """Write one line. The subject must have its id (flush first)."""
    line = AuditLine(
        at=at,
        verb=verb,
        actor_id=actor.id if actor else None,
        subject_type=getattr(subject, "__tablename__", type(subject).__name__),
        subject_id=subject.id,
        facts=facts,
    )
    db.session.add(line)
    return line
