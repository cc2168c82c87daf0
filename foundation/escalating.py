"""What the program can't decide alone is put before staff, once, and stays there until somebody decides."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from foundation.audit import HasId, record
from foundation.db import Model, db, pk
from foundation.errors import Refused

UNDO_WITHIN = timedelta(seconds=20)  # the button is shown for ten seconds; a slow line gets the rest


class StaffTask(Model):
    """A decision that waits for a person."""

    __tablename__ = "staff_task"
    __table_args__ = (Index("ix_staff_task_open", "raised_at", postgresql_where=text("resolved_at IS NULL")),)

    id: Mapped[pk]
    kind: Mapped[str]
    dedupe: Mapped[str] = mapped_column(unique=True)
    summary: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    raised_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None


def escalate(kind: str, *, subject: HasId, summary: str, dedupe: str, at: datetime, **facts: Any) -> None:
    """Put a decision before staff; said twice with the same `dedupe` is said once."""
    db.session.execute(
        insert(StaffTask)
        .values(
            kind=kind,
            dedupe=dedupe,
            summary=summary,
            subject_type=getattr(subject, "__tablename__", type(subject).__name__),
            subject_id=subject.id,
            facts=facts,
            raised_at=at,
            note="",
        )
        .on_conflict_do_nothing(index_elements=["dedupe"])
    )


def resolve(task: StaffTask, *, actor: HasId | None, at: datetime, note: str = "") -> None:
    """A person decided, or (without an actor) nothing is left to decide. Doing it again changes nothing."""
    if task.is_open:
        task.resolved_at, task.resolved_by_id, task.note = at, actor.id if actor else None, note
        record("staff_task.resolved", subject=task, actor=actor, at=at, kind=task.kind)


def reopen(task: StaffTask, *, actor: HasId, at: datetime) -> None:
    """Take a decision back, by whoever made it and within UNDO_WITHIN of it. Raises Refused."""
    if task.resolved_at is None:
        return
    if task.resolved_by_id != actor.id or at - task.resolved_at > UNDO_WITHIN:
        raise Refused("This was decided too long ago, or by somebody else, to be undone here.")
    record("staff_task.reopened", subject=task, actor=actor, at=at, kind=task.kind)
    task.resolved_at, task.resolved_by_id, task.note = None, None, ""


def open_tasks(limit: int = 50) -> list[StaffTask]:
    """What waits for a decision, oldest first."""
    query = select(StaffTask).where(StaffTask.resolved_at.is_(None)).order_by(StaffTask.raised_at, StaffTask.id)
    return list(db.session.scalars(query.limit(limit)))
