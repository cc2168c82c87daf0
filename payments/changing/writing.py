"""Writing down a change: who asked for what on which day, and what the rules say of it."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from enrollment.models import Cohort
from foundation.audit import record
from foundation.db import db
from payments import proposing
from payments.changing.choosing import Choices, today
from payments.models import CHANGE_MOVES, ChangeKind, ChangeState, EnrollmentChange, EnrollmentOrder


def write(
    order: EnrollmentOrder,
    kind: ChangeKind,
    state: ChangeState,
    found: Choices,
    *,
    reason: str,
    actor: User,
    at: datetime,
    to: Cohort | None = None,
) -> EnrollmentChange:
    on = today(order, at)
    change = EnrollmentChange(
        order_id=order.id,
        kind=kind,
        state=state,
        from_cohort_id=order.cohort_id,
        to_cohort_id=to.id if to else None,
        reason=reason,
        asked_by_id=actor.id,
        asked_at=at,
        asked_on=on,
        back_cents=0,
        kept_cents=proposing.kept_on(order, on),
        fee_cents=0 if kind in {ChangeKind.STOP, ChangeKind.RETURN} else found.fee.cents,
        currency=order.currency,
        decided_at=at if state == ChangeState.DONE else None,
        answer="",
    )
    db.session.add(change)
    db.session.flush()
    facts = {"change": change.public_id, "kind": str(kind), "reason": reason}
    record(f"change.{state}", subject=order, actor=actor, at=at, **facts)
    return change


def move(change: EnrollmentChange, to: ChangeState, *, actor: User, at: datetime, answer: str = "") -> None:
    """Raises MoveRefused."""
    CHANGE_MOVES.check(change.state, to)
    if change.state == to:
        return
    change.state, change.decided_by_id, change.decided_at, change.answer = to, actor.id, at, answer
    facts = {"change": change.public_id, "kind": str(change.kind), "reason": answer}
    record(f"change.{to}", subject=change.order, actor=actor, at=at, **facts)
