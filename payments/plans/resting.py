"""Resting: while a cohort is called off Stripe charges no instalment; with another cohort the plan goes on, later.

What should be follows from our books alone, what is from Stripe alone, and each look brings the one to the other: a
look that was killed half-way, or somebody's hand in Stripe's Dashboard, is mended by the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from enrollment.models import Cohort
from foundation.audit import record
from foundation.db import db
from foundation.escalating import escalate
from payments import gateway, letters, ordering, owing
from payments.models import DueState, EnrollmentOrder, PlanRest
from payments.plans import scheduling
from payments.pricing.spreading import later

Json = dict[str, Any]
AGAIN = timedelta(hours=1)
"""How often Stripe is asked whether a plan that rests still does."""
UNFINISHED = {"draft", "open"}


def to_look_at(*, at: datetime) -> list[int]:
    """Orders whose plan should rest, unless Stripe said so just now, and those whose plan should go on."""
    unsure = or_(PlanRest.since.is_(None), PlanRest.checked_at <= at - AGAIN)
    called_off = Cohort.cancelled_at.is_not(None)
    query = (
        select(EnrollmentOrder.id)
        .join(Cohort, Cohort.id == EnrollmentOrder.cohort_id)
        .outerjoin(PlanRest, PlanRest.order_id == EnrollmentOrder.id)
        .where(
            EnrollmentOrder.subscription_id.is_not(None),
            EnrollmentOrder.plan_ended_at.is_(None),
            or_(called_off & unsure, ~called_off & PlanRest.since.is_not(None)),
        )
    )
    return list(db.session.scalars(query.order_by(EnrollmentOrder.id)))


def follow(order_id: int, *, at: datetime) -> Iterator[None]:
    """Let a plan rest or go on, as its cohort is. The caller commits after each step. Raises GatewayDown."""
    order = ordering.locked(order_id)
    rests, plan = order.cohort.cancelled_at is not None, str(order.subscription_id)
    calls = _row(order, at=at).calls
    yield
    try:
        told = gateway.retrieve_subscription(plan)
        if told["status"] == "canceled":
            scheduling.ended(order_id, at=at)
        elif rests:
            yield from _rest(order_id, told, f"plan.rest:{plan}:{calls}", at=at)
        else:
            yield from _go_on(order_id, told, f"plan.on:{plan}:{calls}", at=at)
    except gateway.GatewayRefused as error:
        _tell(order_id, str(error), at=at)
    yield


def _row(order: EnrollmentOrder, *, at: datetime) -> PlanRest:
    found = db.session.get(PlanRest, order.id, populate_existing=True)
    if found is None:
        found = PlanRest(order_id=order.id, begun_at=order.cohort.cancelled_at or at, skipped=0, calls=0)
        db.session.add(found)
        db.session.flush()
    return found


def _rest(order_id: int, told: Json, key: str, *, at: datetime) -> Iterator[None]:
    """Nothing new is charged, and what was under way is tried no more."""
    was_charging = told.get("pause_collection") is None
    if was_charging:
        gateway.pause_collection(told["id"], on=True, key=key)
    bills = gateway.bills_of(told["id"])
    _advance(bills, key, on=False)
    yield from _lengthen(order_id, bills, at=at)
    order = ordering.locked(order_id)
    row = _row(order, at=at)
    if was_charging and row.since is not None:
        _woken(order, row, at=at)
    if was_charging or row.since is None:
        row.calls += 1
        record("plan.rests", subject=order, at=at)
    row.since, row.checked_at = row.since or at, at


def _go_on(order_id: int, told: Json, key: str, *, at: datetime) -> Iterator[None]:
    """The rest of the plan is later by what was passed over, and then charged as agreed. Raises GatewayDown."""
    yield from _lengthen(order_id, gateway.bills_of(told["id"]), at=at)
    if told.get("pause_collection") is not None:
        gateway.pause_collection(told["id"], on=False, key=key)
    bills = gateway.bills_of(told["id"])
    yield from _lengthen(order_id, bills, at=at)
    _advance(bills, key, on=True)
    order = ordering.locked(order_id)
    row = _row(order, at=at)
    if row.since is not None:
        row.since, row.checked_at, row.calls = None, at, row.calls + 1
        record("plan.goes_on", subject=order, at=at, skipped=row.skipped)
        letters.plan_goes_on(order, row.calls, at=at)


def _advance(bills: list[Json], key: str, *, on: bool) -> None:
    """Invoices from before the rest: collecting stops for them too, and begins again with the plan."""
    for bill in bills:
        if bill["status"] in UNFINISHED and bool(bill.get("auto_advance")) != on:
            gateway.advance_invoice(bill["id"], on=on, key=f"{key}:{bill['id']}")


def _lengthen(order_id: int, bills: list[Json], *, at: datetime) -> Iterator[None]:
    """For each instalment that was passed over the plan ends one later, and so falls due whatever is still to come."""
    order = db.session.get_one(EnrollmentOrder, order_id)
    row, plan, schedule_id = _row(order, at=at), order.subscription_id, order.schedule_id
    skipped = sum(bill["status"] == "void" and bill["created"] >= int(row.begun_at.timestamp()) for bill in bills)
    months, charged = (order.parts + skipped) * order.every_months, sum(bill["status"] != "void" for bill in bills)
    if skipped == row.skipped or schedule_id is None:
        return
    yield
    wanted = scheduling.phases(gateway.retrieve_schedule(schedule_id), months)
    gateway.update_schedule(schedule_id, wanted, key=f"schedule:{plan}:{months}")
    order = ordering.locked(order_id)
    _put_off(order, skipped, charged)
    _row(order, at=at).skipped = skipped
    record("plan.put_off", subject=order, at=at, skipped=skipped)
    yield


def _put_off(order: EnrollmentOrder, skipped: int, charged: int) -> None:
    """New days for the parts that no invoice has been made for."""
    parts = [due for due in owing.dues_of(order.id) if not due.is_fee]
    for number, due in enumerate(parts):
        if number >= charged and due.state in {DueState.OPEN, DueState.WAIVED}:
            due.due_on = later(parts[0].due_on, (number + skipped) * order.every_months)


def _woken(order: EnrollmentOrder, row: PlanRest, *, at: datetime) -> None:
    """It rested, and was set going by a hand that is not ours: what it charged meanwhile stands in the books."""
    escalate(
        "order.plan_woken",
        subject=order,
        summary="Stripe was charging instalments of a cohort that was called off. It is paused again; see what came.",
        dedupe=f"order.plan_woken:{order.id}:{row.calls}",
        at=at,
        order=order.public_id,
    )


def _tell(order_id: int, error: str, *, at: datetime) -> None:
    order = ordering.locked(order_id)
    escalate(
        "order.plan_rest_refused",
        subject=order,
        summary=f"Stripe would not pause or resume the instalments of this order ({error[:120]}). Do it there.",
        dedupe=f"order.plan_rest_refused:{order.id}",
        at=at,
        order=order.public_id,
    )
