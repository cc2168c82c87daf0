"""Deciding: what the program put before staff about an order is closed by the person who decided."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from accounts.models import User
from foundation.db import db
from foundation.escalating import StaffTask, resolve
from payments.models import EnrollmentOrder


def close(order: EnrollmentOrder, *, actor: User, note: str, at: datetime, only: str | None = None) -> int:
    """Close the open decisions about an order, or those of one kind; says how many there were."""
    query = select(StaffTask).where(
        StaffTask.subject_type == EnrollmentOrder.__tablename__,
        StaffTask.subject_id == order.id,
        StaffTask.resolved_at.is_(None),
    )
    if only is not None:
        query = query.where(StaffTask.kind == only)
    found = list(db.session.scalars(query.order_by(StaffTask.id)))
    for task in found:
        resolve(task, actor=actor, at=at, note=note)
    return len(found)
