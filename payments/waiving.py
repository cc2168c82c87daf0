"""Waiving: the school lets go of what is still due of a part, all of it or some, each time with a name and a reason.

What is let go of is a line that is never edited; taking it back is another line. A part never asks for less than
nothing, nor for a rest so small that Stripe would not take it.
"""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from foundation import currencies
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from foundation.money import Money
from payments.models import DueState, OrderDue, PlanKind, Waiver, WaiverKind


def share_of(due: OrderDue, percent: int) -> int:
    """Cents that a share of what is still due comes to, rounded half up to what can be charged. Raises Refused."""
    if not 1 <= percent <= 100:
        raise Refused("Between 1 and 100 percent.", "percent")
    step = currencies.step(due.currency)
    return (due.cents * percent + 50 * step) // (100 * step) * step


def waive(
    due: OrderDue,
    cents: int | None = None,
    *,
    reason: str,
    actor: User,
    at: datetime,
    kind: WaiverKind = WaiverKind.WAIVER,
) -> None:
    """Let go of so much of a part that has not been paid; of all of it where no sum is given. Raises Refused.

    The order is locked, and no page on which the old sum could be paid is open any more.
    """
    if due.state != DueState.OPEN:
        raise Refused("Only what is still open can be waived.")
    if due.order.plan_kind == PlanKind.INVOICE and not due.is_fee:
        raise Refused("An employer has the invoice. Cancel it, and send one for another sum.")
    cents = due.cents if cents is None else cents
    if cents == due.cents:
        due.state, due.settled_at = DueState.WAIVED, at
    else:
        _check_some(due, cents)
        due.cents, due.waived_cents = due.cents - cents, due.waived_cents + cents
    _line(due, cents, kind, reason, actor, at)
    facts = {"due": due.number, "cents": cents, "reason": reason}
    record("due.waived", subject=due.order, actor=actor, at=at, **facts)


def _check_some(due: OrderDue, cents: int) -> None:
    if cents <= 0:
        raise Refused("How much is let go of?", "amount")
    if cents > due.cents:
        raise Refused(f"{due.amount} are still due. More than that can't be let go of.", "amount")
    if due.order.plan_kind == PlanKind.INSTALMENTS and due.order.plan_ended_at is None and not due.is_fee:
        raise Refused(
            "Stripe charges instalments by itself, each in full. Let go of all of it, or refund a part.", "how"
        )
    least = Money(currencies.least(due.currency), due.currency)
    if due.cents - cents < least.cents:
        raise Refused(f"What is left has to be at least {least}, or nothing at all.", "amount")


def ask_again(due: OrderDue, *, reason: str, actor: User, at: datetime) -> None:
    """Take back what was let go of: the whole part, and the next time what was taken off it before. Raises Refused."""
    if due.state == DueState.WAIVED:
        due.state, due.settled_at, cents = DueState.OPEN, None, due.cents
    elif due.state == DueState.OPEN and due.waived_cents:
        cents = due.waived_cents
        due.cents, due.waived_cents = due.full.cents, 0
    else:
        raise Refused("Nothing of this part was let go of, or it is paid.")
    kind = due.waivers[-1].kind if due.waivers else WaiverKind.WAIVER
    _line(due, -cents, kind, reason, actor, at)
    record("due.asked_again", subject=due.order, actor=actor, at=at, due=due.number, reason=reason)


def _line(due: OrderDue, cents: int, kind: WaiverKind, reason: str, actor: User, at: datetime) -> None:
    if cents:
        facts = {"kind": kind, "cents": cents, "currency": due.currency, "reason": reason}
        db.session.add(Waiver(due_id=due.id, given_by_id=actor.id, at=at, **facts))


def words_of(due: OrderDue) -> str:
    """What a sum that was taken off a part is called: by its last line."""
    is_gift = due.waivers and due.waivers[-1].kind == WaiverKind.SCHOLARSHIP
    return "Scholarship" if is_gift else "Waived"
