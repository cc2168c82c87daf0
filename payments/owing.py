"""Owing: which part of an order is due next, and the moves of each part."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from foundation.db import db
from payments.models import (
    DUE_MOVES,
    DueKind,
    DueState,
    EnrollmentOrder,
    OrderDue,
    OrderState,
    Payment,
    PlanKind,
)
from payments.models.orders import MONEY_IS_HERE

Json = dict[str, Any]


def dues_of(order_id: int) -> list[OrderDue]:
    """As they are now, in their order."""
    query = select(OrderDue).where(OrderDue.order_id == order_id).order_by(OrderDue.number)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def due_of(order_id: int, number: int) -> OrderDue:
    return db.session.scalars(select(OrderDue).where(OrderDue.order_id == order_id, OrderDue.number == number)).one()


def due_of_session(order: EnrollmentOrder, session: Json) -> OrderDue:
    """The part that a Checkout Session was made for; the first where it names none."""
    named = str((session.get("metadata") or {}).get("due") or "1")
    dues = dues_of(order.id)
    return next((due for due in dues if str(due.number) == named), dues[0])


def payable(
    order: EnrollmentOrder, dues: list[OrderDue] | None = None, *, number: int | None = None
) -> OrderDue | None:
    """The part that a payment page may be opened for now: the first while the order waits, else the next that is open.

    Instalments are charged by Stripe while their plan runs; what a plan left open is paid on a page like a balance.
    A `number` asks for one of those that are open, such as a fee before a balance that is due later.
    """
    dues = dues_of(order.id) if dues is None else dues
    if order.state in {OrderState.DRAFT, OrderState.PENDING}:
        return dues[0] if dues[0].cents else None
    if order.state not in MONEY_IS_HERE or order.state == OrderState.PAID_NO_SEAT:
        return None
    open_dues = [due for due in dues if due.is_open and due.number > 1]
    if order.plan_kind == PlanKind.INSTALMENTS and order.plan_ended_at is None:
        open_dues = [due for due in open_dues if due.is_fee]
    wanted = [due for due in open_dues if number in {None, due.number}]
    return wanted[0] if wanted else None


def add_fee(order: EnrollmentOrder, kind: DueKind, cents: int, *, on: date) -> OrderDue:
    """A fee that is paid on a page like any part, and is no part of the price."""
    dues = dues_of(order.id)
    due = OrderDue(order_id=order.id, number=len(dues) + 1, kind=kind, due_on=on, cents=cents, currency=order.currency)
    db.session.add(due)
    db.session.flush()
    db.session.refresh(order, ["dues"])
    return due


def mark_paid(due: OrderDue, *, at: datetime) -> bool:
    """True for the one caller who moved it."""
    if due.state == DueState.PAID:
        return False
    DUE_MOVES.check(due.state, DueState.PAID)
    due.state, due.settled_at, due.failed_at = DueState.PAID, at, None
    return True


def void(order: EnrollmentOrder, *, at: datetime) -> None:
    """The order has ended: nothing more is asked for."""
    for due in dues_of(order.id):
        if due.state in {DueState.OPEN, DueState.WAIVED}:
            due.state, due.settled_at = DueState.VOID, at


def revive(order: EnrollmentOrder) -> None:
    """Money came for an order that had ended: its other parts are due again."""
    for due in dues_of(order.id):
        if due.state == DueState.VOID:
            due.state, due.settled_at = DueState.OPEN, None


def outstanding(order_id: int) -> int:
    """Cents of an order that are neither paid nor waived."""
    open_cents = sum(due.with_tax.cents for due in dues_of(order_id) if due.is_open and not due.is_fee)
    return max(0, open_cents - part_paid(order_id)) if open_cents else 0


def part_paid(order_id: int) -> int:
    """Cents that have come for parts that are still open: an employer may pay an invoice in several transfers."""
    is_for = (OrderDue.order_id == Payment.order_id) & (OrderDue.number == Payment.due_number)
    query = select(func.coalesce(func.sum(Payment.cents), 0)).join(OrderDue, is_for)
    return int(db.session.scalar(query.where(Payment.order_id == order_id, OrderDue.state == DueState.OPEN)) or 0)


def overdue(dues: list[OrderDue], on: date) -> list[OrderDue]:
    return [due for due in dues if due.is_overdue(on)]
