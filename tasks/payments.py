"""What the worker does about money: events handled one at a time, orders checked, events fetched that never came."""

from __future__ import annotations

import structlog
from celery import shared_task

from foundation.clock import now
from foundation.db import db
from foundation.jobs import Job, send
from payments import comparing, gateway, receiving, reconciling, refunding
from payments.calling_off import reminding
from payments.employers import dunning
from payments.models import EventState, Refund, StripeEvent
from payments.plans import arrears, resting, scheduling

log = structlog.get_logger()
AT_ONCE = 200


@shared_task(name=Job.HANDLE_STRIPE_EVENTS.value)  # type: ignore[untyped-decorator]
def handle_stripe_events() -> int:
    """Every event that is due, or a shift's worth and then the next shift; says how many. Each is claimed by itself."""
    handled = 0
    while handled < AT_ONCE and handle_next_event():
        handled += 1
    if handled == AT_ONCE:
        send(Job.HANDLE_STRIPE_EVENTS)
    return handled


def handle_next_event() -> bool:
    """One event: leased and committed, then Stripe is asked, then our books move. False when none is due."""
    event = receiving.claim(at=now())
    db.session.commit()
    if event is None:
        return False
    event_id, at = event.id, now()
    try:
        state = receiving.handle(event, at=at)
        receiving.finished(event, EventState(state), at=at)
    except Exception as error:
        db.session.rollback()
        log.warning("stripe.event_failed", stripe_event=event_id, error=type(error).__name__)
        receiving.failed(db.session.get_one(StripeEvent, event_id), error, at=at)
    db.session.commit()
    return True


@shared_task(name=Job.RECONCILE_ORDERS.value)  # type: ignore[untyped-decorator]
def reconcile_orders() -> int:
    """Orders that wait, and refunds that Stripe has not answered; says how many orders moved."""
    at, moved = now(), 0
    for outcome in reconciling.check_each(reconciling.due(at=at), at=at):
        db.session.commit()
        moved += outcome.is_mended
    for refund_id in reconciling.unanswered_refunds(at=at):
        send_refund(refund_id)
    return moved


def send_refund(refund_id: int) -> None:
    """Ask Stripe, with the refund's own key, and write down the answer."""
    refund = db.session.get_one(Refund, refund_id)
    order_id, params, key = refund.order_id, refunding.params_of(refund), refund.idempotency_key
    db.session.commit()
    try:
        refunding.settle_refund(order_id, gateway.create_refund(params, key=key), at=now())
    except gateway.GatewayRefused as error:
        refunding.refuse(db.session.get_one(Refund, refund_id), str(error), at=now())
    except gateway.GatewayDown:
        db.session.rollback()
    db.session.commit()


@shared_task(name=Job.FETCH_MISSED_EVENTS.value)  # type: ignore[untyped-decorator]
def fetch_missed_events() -> int:
    """What Stripe could not deliver in the last three days; says how many were new."""
    try:
        found = reconciling.recover_events(at=now())
    except gateway.GatewayDown:
        return 0
    db.session.commit()
    return found


@shared_task(name=Job.FOLLOW_PLANS.value)  # type: ignore[untyped-decorator]
def follow_plans() -> int:
    """Every plan gets its end, one that is over is ended at Stripe, and one of a cohort that was called off rests;
    says how many were touched."""
    at, touched = now(), 0
    try:
        for order_id in scheduling.without_end():
            for _ in scheduling.attach(order_id, at=at):
                db.session.commit()
            touched += 1
        for order_id in scheduling.to_be_ended():
            scheduling.end(order_id, at=at)
            db.session.commit()
            touched += 1
        for order_id in resting.to_look_at(at=at):
            for _ in resting.follow(order_id, at=at):
                db.session.commit()
            touched += 1
    except gateway.GatewayDown:
        db.session.rollback()
    return touched


@shared_task(name=Job.LOOK_AT_ARREARS.value)  # type: ignore[untyped-decorator]
def look_at_arrears() -> int:
    """What is due soon or was missed: reminders, also to employers, and access after the time of grace."""
    at = now()
    orders = arrears.to_look_at(at.date())
    for order_id in orders:
        arrears.look_at(order_id, at=at)
        db.session.commit()
    invoices = dunning.to_look_at(at.date())
    for invoice_id in invoices:
        dunning.look_at(invoice_id, at=at)
        db.session.commit()
    return len(orders) + len(invoices)


@shared_task(name=Job.REMIND_OF_CHOICES.value)  # type: ignore[untyped-decorator]
def remind_of_choices() -> int:
    """Whoever has not chosen since their cohort was called off gets a letter, then staff are asked; says how many."""
    at, told = now(), 0
    for enrollment_id in reminding.to_remind(at=at):
        told += reminding.remind(enrollment_id, at=at)
        db.session.commit()
    reminding.put_before_staff(at=at)
    db.session.commit()
    return told


@shared_task(name=Job.COMPARE_BOOKS.value)  # type: ignore[untyped-decorator]
def compare_books() -> int:
    """Each night: the orders of the last days against Stripe, then our own records against one another."""
    at = now()
    for _ in reconciling.check_all(reconciling.since(3, at=at), at=at):
        db.session.commit()
    found = list(comparing.differences())
    for difference in found:
        comparing.put_before_staff(difference, at=at)
    db.session.commit()
    return len(found)
