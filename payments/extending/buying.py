"""Buying time: the fee of the rules is a part of the order, paid on Stripe's page; the months come with the money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from enrollment.access import clock
from enrollment.models import Enrollment, EnrollmentState
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from foundation.money import Money
from payments import binding, ordering, owing
from payments.models import DueKind, DueState, EnrollmentOrder, OrderDue, PlanKind
from payments.models.orders import MONEY_IS_HERE

PATIENCE = timedelta(days=2)
"""How long a fee that was not paid is asked for."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What the rules of an order give: months for a fee. `why_not` says why it can't be had now."""

    months: int
    fee: Money
    until: date | None
    why_not: str = ""


def offered(order: EnrollmentOrder, *, at: datetime) -> Offer | None:
    """None where there is no course whose clock runs."""
    enrollment = order.enrollment
    if enrollment is None or order.state not in MONEY_IS_HERE or enrollment.access_until is None:
        return None
    terms = binding.rule_of(order).terms
    fee, from_day = (
        Money(terms.extension_fee_cents, order.currency),
        max(enrollment.access_until, clock.today(enrollment, at)),
    )
    until = clock.after(from_day, terms.extension_months)
    return Offer(terms.extension_months, fee, until, _why_not(order, enrollment, terms.extension_months))


def _why_not(order: EnrollmentOrder, enrollment: Enrollment, months: int) -> str:
    if enrollment.state == EnrollmentState.COMPLETED:
        return "You have completed this course: what you have stays yours."
    if enrollment.state in {EnrollmentState.WITHDRAWN, EnrollmentState.SUSPENDED}:
        return "This course is closed."
    if not months:
        return "The rules of your order give no more time. Write to us if you need it."
    if clock.was_bought(enrollment.id):
        return "You have taken the months that the rules give. Write to us if you need more."
    if order.plan_kind == PlanKind.INSTALMENTS and order.plan_ended_at is None:
        return "Your instalments are still running. Once they are paid you can add the time."
    return ""


def buy(order_id: int, *, at: datetime) -> OrderDue | None:
    """Ask for the fee, once; the months come when it is paid. None where they cost nothing and are there now.

    Raises Refused.
    """
    order = ordering.locked(order_id)
    found = offered(order, at=at)
    if found is None or order.enrollment is None:
        raise Refused("There is no course to add time to.")
    if found.why_not:
        raise Refused(found.why_not)
    if found.fee.cents == 0:
        clock.extend(order.enrollment, found.months, at=at, key=f"order:{order.id}:free", actor=order.user)
        return None
    waiting = next((due for due in owing.dues_of(order.id) if due.is_extension and due.is_open), None)
    return waiting or _ask(order, found, at)


def _ask(order: EnrollmentOrder, found: Offer, at: datetime) -> OrderDue:
    today = at.astimezone(order.cohort.zone).date()
    due = owing.add_fee(order, DueKind.EXTENSION, found.fee.cents, on=today)
    record("due.extension_asked", subject=order, actor=order.user, at=at, cents=due.cents, months=found.months)
    return due


def paid(order: EnrollmentOrder, due: OrderDue, *, at: datetime) -> None:
    """The fee has come: the months of the order's rules are added, once."""
    if order.enrollment is not None and order.enrollment.state not in _OVER:
        months = binding.rule_of(order).terms.extension_months or 1
        clock.extend(order.enrollment, months, at=at, key=f"due:{due.id}", actor=order.user)


_OVER = {EnrollmentState.WITHDRAWN, EnrollmentState.COMPLETED}


def drop_unpaid(*, at: datetime) -> int:
    """Fees that nobody paid within some days are asked for no longer; paid all the same, they count."""
    query = select(OrderDue).where(OrderDue.kind == DueKind.EXTENSION, OrderDue.state == DueState.OPEN)
    late = list(db.session.scalars(query.where(OrderDue.due_on < (at - PATIENCE).date()).order_by(OrderDue.id)))
    for due in late:
        ordering.locked(due.order_id)
        due.state, due.settled_at = DueState.VOID, at
    return len(late)
