"""Stopping: a trainee leaves, and what the rules give goes back at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from accounts.models import User
from foundation.errors import Refused
from foundation.escalating import escalate
from foundation.money import Money
from payments import leaving, letters, ordering, refunding
from payments.changing import choosing, moving, writing
from payments.changing.choosing import Share
from payments.employers import cancelling
from payments.models import ChangeKind, ChangeState, EnrollmentChange, EnrollmentOrder, Refund


def stop(order_id: int, *, seen: int, reason: str, actor: User, at: datetime) -> tuple[EnrollmentChange, list[Refund]]:
    """End the course and write the refund down; the caller commits and sends it. `seen`: the cents that were shown.

    Where an employer has not paid yet, nothing goes back: the invoice ends, or staff settle with them what is kept.

    Raises Refused where there is nothing to stop, or the sum is another one by now.
    """
    order = ordering.locked(order_id)
    if not choosing.may_change(order):
        raise Refused("This course has ended already.")
    found = choosing.choices(order, at=at)
    back, shown = found.stop.back, Money(found.shown_cents, order.currency)
    if seen != shown.cents:
        raise Refused(f"The sum has changed since you opened this page: it is {shown} now. Look, then confirm.", "sure")
    if found.pending is not None:
        moving.take_back(found.pending, actor=actor, at=at)
    change = writing.write(order, ChangeKind.STOP, ChangeState.DONE, found, reason=reason, actor=actor, at=at)
    if found.share is not None:
        _unpaid(order, change, found.share, reason=reason, actor=actor, at=at)
        return change, []
    change.back_cents = back.cents
    told = f"Left. {found.stop.outcome.why}"
    asked = refunding.ask(order.id, back.cents, reason=told, actor=actor, at=at) if back.cents else []
    leaving.leave(order, reason=reason or "Left of their own accord", actor=actor, at=at)
    letters.left(order, change, at=at)
    return change, asked


QUIET = timedelta(days=14)
"""How long an employer is not written to by itself, so that staff can talk to them first."""


def _unpaid(
    order: EnrollmentOrder, change: EnrollmentChange, share: Share, *, reason: str, actor: User, at: datetime
) -> None:
    """Nothing is kept: the invoice is cancelled. Something is: it stays open, and a person settles it."""
    told = reason or "Left of their own accord"
    if share.kept.cents == 0 and order.invoice is not None:
        cancelling.cancel(order.invoice.id, reason=told, actor=actor, at=at)
    else:
        order.patience_until = max(order.patience_until or date.min, choosing.today(order, at) + QUIET)
        leaving.leave(order, reason=told, actor=actor, at=at, asks_on=True)
        escalate(
            "invoice.left",
            subject=order,
            summary=f"{order.user.name} has left. {share.kept} of {share.number} stay due by the rules, {share.let_go} "
            f"do not: settle it with {share.company}.",
            dedupe=f"invoice.left:{change.id}",
            at=at,
            order=order.public_id,
        )
    letters.left(order, change, at=at)
