"""Scheduling: each subscription of ours ends after its last instalment. One without an end would bill for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from enrollment.models import Enrollment, EnrollmentState
from foundation.audit import record
from foundation.db import db
from foundation.escalating import escalate
from payments import gateway, ordering, owing
from payments.models import DueState, EnrollmentOrder, OrderDue, OrderState

Json = dict[str, Any]
PATIENCE = timedelta(hours=1)
"""How long a plan may be without an end before a person is told."""
OVER = (OrderState.REFUNDED, OrderState.LOST)


def without_end() -> list[int]:
    """Orders whose subscription has no schedule yet."""
    query = select(EnrollmentOrder.id).where(
        EnrollmentOrder.subscription_id.is_not(None),
        EnrollmentOrder.schedule_id.is_(None),
        EnrollmentOrder.plan_ended_at.is_(None),
    )
    return list(db.session.scalars(query.order_by(EnrollmentOrder.id)))


def attach(order_id: int, *, at: datetime) -> Iterator[None]:
    """Give a subscription its end (https://docs.stripe.com/billing/subscriptions/subscription-schedules/use-cases).

    Two calls, each with a key of its own, so that a repeat is the same call; the caller commits after each step.
    Raises GatewayDown.
    """
    order = db.session.get_one(EnrollmentOrder, order_id)
    subscription_id, number = str(order.subscription_id), order.parts * order.every_months
    yield
    try:
        schedule = _schedule_of(subscription_id)
        gateway.update_schedule(schedule["id"], phases(schedule, number), key=f"schedule:{subscription_id}:{number}")
    except gateway.GatewayRefused as error:
        _tell(order_id, str(error), at=at)
        yield
        return
    order = ordering.locked(order_id)
    if order.schedule_id is None:
        order.schedule_id = schedule["id"]
        record("plan.scheduled", subject=order, at=at, schedule=schedule["id"], months=number)
    yield


def _schedule_of(subscription_id: str) -> Json:
    """The subscription's schedule; made where there is none."""
    known = gateway.retrieve_subscription(subscription_id).get("schedule")
    if known:
        return gateway.retrieve_schedule(known)
    return gateway.create_schedule(subscription_id, key=f"schedule:{subscription_id}")


def phases(schedule: Json, months: int) -> Json:
    """One phase that lasts for all instalments, and then the end."""
    first = schedule["phases"][0]
    items = [{"price": item["price"], "quantity": item["quantity"]} for item in first["items"]]
    duration = {"interval": "month", "interval_count": months}
    phase = {"start_date": first["start_date"], "items": items, "duration": duration, "proration_behavior": "none"}
    return {"end_behavior": "cancel", "proration_behavior": "none", "phases": [phase]}


def _tell(order_id: int, error: str, *, at: datetime) -> None:
    order = ordering.locked(order_id)
    if order.paid_at and at - order.paid_at >= PATIENCE:
        escalate(
            "order.plan_without_end",
            subject=order,
            summary=f"Stripe did not take the end of this payment plan ({error[:120]}). Unmended, it bills on.",
            dedupe=f"order.plan_without_end:{order.id}",
            at=at,
        )


def to_be_ended() -> list[int]:
    """Orders that are over, or whose buyer has left, while their plan still runs."""
    still_open = select(OrderDue.order_id).where(OrderDue.state.in_([DueState.OPEN, DueState.WAIVED]))
    left = select(Enrollment.id).where(Enrollment.state == EnrollmentState.WITHDRAWN)
    has_left = EnrollmentOrder.enrollment_id.in_(left) & EnrollmentOrder.id.not_in(still_open)
    query = select(EnrollmentOrder.id).where(
        or_(EnrollmentOrder.state.in_(OVER), has_left),
        EnrollmentOrder.subscription_id.is_not(None),
        EnrollmentOrder.plan_ended_at.is_(None),
    )
    return list(db.session.scalars(query.order_by(EnrollmentOrder.id)))


def end(order_id: int, *, at: datetime) -> None:
    """Stripe asks for no further instalment of an order. Raises GatewayDown."""
    order = db.session.get_one(EnrollmentOrder, order_id)
    try:
        gateway.cancel_subscription(str(order.subscription_id), key=f"plan.end:{order.subscription_id}")
    except gateway.GatewayRefused as error:
        if error.status != 404 and error.code != "resource_missing":
            raise
    order = ordering.locked(order_id)
    order.plan_ended_at = order.plan_ended_at or at
    record("plan.ended", subject=order, at=at)


def ended(order_id: int, *, at: datetime) -> None:
    """Stripe has ended a plan. Where something is still open and nobody meant it, a person decides."""
    order = ordering.locked(order_id)
    if order.plan_ended_at is None:
        order.plan_ended_at = at
        record("plan.ended", subject=order, at=at)
    if order.state not in OVER and owing.outstanding(order.id):
        escalate(
            "order.plan_ended_early",
            subject=order,
            summary="This payment plan has ended at Stripe before everything was paid. Ask for the rest or waive it.",
            dedupe=f"order.plan_ended_early:{order.id}",
            at=at,
        )
