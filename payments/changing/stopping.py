"""Stopping: a trainee leaves, and what the rules give goes back at once."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from foundation.errors import Refused
from payments import leaving, letters, ordering, refunding
from payments.changing import choosing, moving, writing
from payments.models import ChangeKind, ChangeState, EnrollmentChange, Refund


def stop(order_id: int, *, seen: int, reason: str, actor: User, at: datetime) -> tuple[EnrollmentChange, list[Refund]]:
    """End the course and write the refund down; the caller commits and sends it. `seen`: the cents that were shown.

    Raises Refused where there is nothing to stop, or the sum is another one by now.
    """
    order = ordering.locked(order_id)
    if not choosing.may_change(order):
        raise Refused("This course has ended already.")
    found = choosing.choices(order, at=at)
    back = found.stop.back
    if seen != back.cents:
        raise Refused(f"The sum has changed since you opened this page: it is {back} now. Look, then confirm.", "sure")
    if found.pending is not None:
        moving.take_back(found.pending, actor=actor, at=at)
    change = writing.write(order, ChangeKind.STOP, ChangeState.DONE, found, reason=reason, actor=actor, at=at)
    change.back_cents = back.cents
    told = f"Left. {found.stop.outcome.why}"
    asked = refunding.ask(order.id, back.cents, reason=told, actor=actor, at=at) if back.cents else []
    leaving.leave(order, reason=reason or "Left of their own accord", actor=actor, at=at)
    letters.left(order, change, at=at)
    return change, asked
