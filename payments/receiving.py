"""Receiving: an event of Stripe's is stored once, then handled by asking Stripe what is true now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast

from flask import current_app
from sqlalchemy import Table, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from foundation import asking
from foundation.db import db
from foundation.escalating import escalate
from foundation.jobs import Job, enqueue, tell
from payments import disputing, gateway, queries, refunding, settling
from payments.erasing import forget_told
from payments.models import CheckoutAttempt, EnrollmentOrder, EventState, StripeEvent
from payments.plans import invoicing, scheduling

Json = dict[str, Any]
LEASE = timedelta(minutes=2)
PATIENCE = timedelta(hours=24)
"""How long an event may name an order of ours that is not there, before a person is asked."""
PAUSES = (5, 15, 60, 300, 900, 3600)
"""Seconds before an event is tried again; the last one repeats."""


def store(event: Json, *, at: datetime, source: str = "webhook") -> bool:
    """Keep an event; False where it was known. The job is named only for what is new."""
    new = bool(asking.rows(_keep(), _kept(event, at, source)))
    if new:
        enqueue(Job.HANDLE_STRIPE_EVENTS)
    return new


def store_at_once(event: Json, *, at: datetime) -> None:
    """The same as a transaction by itself: it is kept when this returns."""
    if asking.at_once(_keep(), _kept(event, at, "webhook")):
        tell(Job.HANDLE_STRIPE_EVENTS)


def _kept(event: Json, at: datetime, source: str) -> Json:
    about = event["data"]["object"]
    return {
        "event_id": event["id"],
        "type": event["type"],
        "object_type": str(about.get("object") or ""),
        "object_id": str(about.get("id") or ""),
        "api_version": str(event.get("api_version") or ""),
        "livemode": bool(event.get("livemode")),
        "payload": event,
        "created_at": _moment(event.get("created"), at),
        "received_at": at,
        "source": source,
        "state": EventState.WAITING,
        "attempts": 0,
        "next_try": at,
        "last_error": "",
    }


@cache
def _keep() -> ReturningInsert[Any]:
    """Built once: Stripe tells of every payment several times over, and of much that is not ours."""
    table = cast(Table, StripeEvent.__table__)
    return insert(table).on_conflict_do_nothing(index_elements=["event_id"]).returning(table.c.id)


def _moment(stamp: object, at: datetime) -> datetime:
    return datetime.fromtimestamp(stamp, UTC) if isinstance(stamp, int) and 0 < stamp < 2**33 else at


def claim(*, at: datetime) -> StripeEvent | None:
    """The next event that is due, leased: if this process dies, it is due again after two minutes."""
    due = (
        select(StripeEvent.id)
        .where(StripeEvent.state == EventState.WAITING, StripeEvent.next_try <= at)
        .order_by(StripeEvent.next_try, StripeEvent.id)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
        .scalar_subquery()
    )
    return db.session.scalar(
        update(StripeEvent)
        .where(StripeEvent.id == due)
        .values(attempts=StripeEvent.attempts + 1, next_try=at + LEASE)
        .returning(StripeEvent)
        .execution_options(synchronize_session=False, populate_existing=True)
    )


class NotHereYet(Exception):
    """The event is about an order of ours that our books don't know (yet)."""


def handle(event: StripeEvent, *, at: datetime) -> EventState:
    """Do what an event asks for. Raises NotHereYet, GatewayDown, GatewayRefused; then it is tried again."""
    if event.object_type == "checkout.session":
        return _about_session(event, at=at)
    if event.object_type == "refund":
        return _about_refund(event, at=at)
    if event.object_type == "dispute":
        return _about_dispute(event, at=at)
    if event.object_type == "invoice":
        return _about_invoice(event, at=at)
    if event.object_type == "subscription":
        return _about_subscription(event, at=at)
    return EventState.IGNORED


def _about_session(event: StripeEvent, *, at: datetime) -> EventState:
    """Our sessions carry the order's id, which is older than the session itself; others were never ours."""
    said = event.payload["data"]["object"]
    attempt = db.session.scalar(select(CheckoutAttempt).where(CheckoutAttempt.session_id == event.object_id))
    reference = said.get("client_reference_id")
    if attempt is None and not _is_marked(said):
        return EventState.IGNORED
    order_id = attempt.order_id if attempt else _order_id(reference)
    session = gateway.retrieve_session(event.object_id)
    event.order_id = settling.settle(order_id, session, at=at).id
    return EventState.DONE


def _about_refund(event: StripeEvent, *, at: datetime) -> EventState:
    said = event.payload["data"]["object"]
    order_id = _order_of_payment(said)
    if order_id is None:
        return EventState.IGNORED
    told = gateway.retrieve_refund(event.object_id)
    event.order_id = refunding.settle_refund(order_id, told, at=at).order_id
    return EventState.DONE


def _about_dispute(event: StripeEvent, *, at: datetime) -> EventState:
    """A bank asks about a payment of ours, takes it back, or decides."""
    order_id = _order_of_payment(event.payload["data"]["object"])
    if order_id is None:
        return EventState.IGNORED
    told = gateway.retrieve_dispute(event.object_id)
    event.order_id = disputing.settle_dispute(order_id, told, at=at).id
    return EventState.DONE


def _order_of_payment(said: Json) -> int | None:
    """The order whose payment a refund or a dispute is about; None for what was never ours.

    It may be told before the payment itself: then only the payment's own marks say whose it is. Raises NotHereYet.
    """
    intent_id = said.get("payment_intent")
    order_id = queries.order_by_payment(intent_id)
    if order_id is None and intent_id and _is_ours(intent_id):
        raise NotHereYet("its payment is not settled yet")
    return order_id


def _is_ours(intent_id: str) -> bool:
    try:
        return _is_marked(gateway.retrieve_payment_intent(intent_id))
    except gateway.GatewayRefused as error:
        if error.status == 404:
            return False
        raise


def _about_invoice(event: StripeEvent, *, at: datetime) -> EventState:
    """An instalment was paid, or was not. The first of a plan may be told before the session that began it."""
    said = event.payload["data"]["object"]
    order = _order_of_plan(invoicing.subscription_of(said))
    if order is None and not _is_marked({"metadata": invoicing.marks_of(said)}):
        return EventState.IGNORED
    order_id = order.id if order else _order_id(invoicing.marks_of(said).get("order"))
    invoice = gateway.retrieve_invoice(event.object_id)
    if order is None:
        raise NotHereYet("its first payment is not settled yet")
    event.order_id = invoicing.settle_invoice(order_id, invoice, at=at).id
    return EventState.DONE


def _about_subscription(event: StripeEvent, *, at: datetime) -> EventState:
    """A plan has ended at Stripe. Where instalments are still open nobody asks for them any more: staff decide."""
    order = _order_of_plan(event.object_id)
    if order is None:
        return EventState.IGNORED
    event.order_id = order.id
    if gateway.retrieve_subscription(event.object_id).get("status") == "canceled":
        scheduling.ended(order.id, at=at)
    return EventState.DONE


def _order_of_plan(subscription_id: str) -> EnrollmentOrder | None:
    return db.session.scalar(select(EnrollmentOrder).where(EnrollmentOrder.subscription_id == subscription_id))


def _is_marked(said: Json) -> bool:
    """Whether an object carries this school's mark: an account at Stripe may be shared with other shops."""
    marks = said.get("metadata") or {}
    school = marks.get("school")
    return bool(marks.get("order")) and school in {None, current_app.config["SETTINGS"].mail_domain}


def _order_id(public_id: object) -> int:
    found = db.session.scalar(select(EnrollmentOrder.id).where(EnrollmentOrder.public_id == str(public_id or "")))
    if found is None:
        raise NotHereYet(str(public_id))
    return found


def finished(event: StripeEvent, state: EventState, *, at: datetime) -> None:
    event.state, event.handled_at, event.last_error = state, at, ""
    forget_told(event)


def failed(event: StripeEvent, error: Exception, *, at: datetime) -> None:
    """Try again later; after a day put it before staff. What can't be handled is never taken for done."""
    event.last_error = f"{type(error).__name__}: {error}"[:500]
    event.next_try = at + timedelta(seconds=PAUSES[min(event.attempts, len(PAUSES)) - 1])
    if at - event.received_at < PATIENCE:
        return
    event.state, event.handled_at = EventState.DEAD, at
    escalate(
        "stripe.event_dead",
        subject=event,
        summary=f"Stripe told us of {event.type}, and for a day it could not be matched with our books.",
        dedupe=f"stripe.event_dead:{event.id}",
        at=at,
        event=event.event_id,
        object=event.object_id,
    )
