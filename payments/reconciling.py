"""Reconciling: Stripe against our books. It needs no event at all, and heals whatever was missed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from foundation.db import db
from payments import disputing, gateway, glancing, ordering, queries, receiving, refunding, settling
from payments.models import (
    AttemptState,
    CheckoutAttempt,
    DueState,
    EnrollmentOrder,
    OrderDue,
    OrderState,
    Payment,
    Refund,
    RefundState,
)
from payments.models.orders import MONEY_IS_HERE, WAITING
from payments.plans import invoicing

Json = dict[str, Any]
QUIET = timedelta(minutes=10)
"""An order asked about less than this ago is left in peace."""
FEW = 5
"""So many orders are asked about one by one; more are worth a list."""
STALE = timedelta(minutes=1)
BEHIND = timedelta(hours=6)
EVENTS_BACK = timedelta(days=3)
UNSEATED = {OrderState.PAID_NO_SEAT: "paid, but no seat is left", OrderState.REVIEW: "Stripe and our order differ"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one order. `reason` is for staff, where they must decide or Stripe could not be asked."""

    order: str
    was: str
    now: str
    reason: str = ""

    @property
    def is_mended(self) -> bool:
        return self.was != self.now


def due(*, at: datetime) -> list[int]:
    """Orders that wait and were not asked about lately, or whose session's time is over."""
    ended = select(CheckoutAttempt.order_id).where(
        CheckoutAttempt.state.in_([AttemptState.OPEN, AttemptState.UNANSWERED]), CheckoutAttempt.expires_at <= at
    )
    checked = EnrollmentOrder.checked_at
    quiet = or_(checked.is_(None) & (EnrollmentOrder.created_at <= at - QUIET), checked <= at - QUIET)
    over = EnrollmentOrder.id.in_(ended) & or_(checked.is_(None), checked <= at - STALE)
    waits = select(EnrollmentOrder.id).where(or_(over, EnrollmentOrder.state.in_(WAITING) & quiet, _is_behind(at)))
    return list(db.session.scalars(waits.order_by(EnrollmentOrder.id).limit(200)))


def _is_behind(at: datetime) -> ColumnElement[bool]:
    """A plan whose instalment should have been heard of by now; asked about a few times a day."""
    unheard = (OrderDue.state == DueState.OPEN) & OrderDue.failed_at.is_(None) & (OrderDue.due_on < at.date())
    checked = EnrollmentOrder.checked_at
    return and_(
        EnrollmentOrder.subscription_id.is_not(None),
        EnrollmentOrder.state.in_(MONEY_IS_HERE),
        EnrollmentOrder.id.in_(select(OrderDue.order_id).where(unheard)),
        or_(checked.is_(None), checked <= at - BEHIND),
    )


def since(days: int, *, at: datetime) -> list[int]:
    """Every order of the last days, whatever its state, and every one that waits."""
    young = EnrollmentOrder.created_at >= at - timedelta(days=days)
    query = select(EnrollmentOrder.id).where(or_(young, EnrollmentOrder.state.in_(WAITING)))
    return list(db.session.scalars(query.order_by(EnrollmentOrder.id)))


def check_all(order_ids: list[int], *, at: datetime) -> Iterator[Outcome]:
    """A glance at all of them, a hundred to a call of Stripe's, then a closer look at each that did not agree.

    The caller commits after each, as with `check_each`.
    """
    rest = order_ids
    if len(order_ids) > FEW:
        try:
            agreed = glancing.at_rest(order_ids, at=at)
        except (gateway.GatewayDown, gateway.GatewayRefused):
            db.session.rollback()
            agreed = []  # asked one by one, it is told which could not be
        yield from (Outcome(name, state, state) for _, name, state in agreed)
        known = {order_id for order_id, _, _ in agreed}
        rest = [order_id for order_id in order_ids if order_id not in known]
    yield from check_each(rest, at=at)


def check_each(order_ids: list[int], *, at: datetime) -> Iterator[Outcome]:
    """Ask Stripe about one order after the other. The caller commits after each; what fails is told, not hidden."""
    for order_id in order_ids:
        order = db.session.get_one(EnrollmentOrder, order_id)
        name, was = order.public_id, str(order.state)
        try:
            order = check(order_id, at=at)
            yield Outcome(name, was, str(order.state), UNSEATED.get(order.state, ""))
        except gateway.GatewayRefused as error:
            db.session.rollback()
            yield Outcome(name, was, was, f"Stripe refused to answer: {error}"[:200])
        except gateway.GatewayDown as error:
            db.session.rollback()
            yield Outcome(name, was, was, f"Stripe could not be asked, nor about the orders after it: {error}"[:200])
            return


def check(order_id: int, *, at: datetime) -> EnrollmentOrder:
    """Ask Stripe about every session of an order and about its refunds; then, and only then, lock and settle."""
    order = db.session.get_one(EnrollmentOrder, order_id, populate_existing=True)
    attempts = [a for a in queries.attempts_of(order_id) if a.state != AttemptState.REFUSED and not _is_over(order, a)]
    heard = [(attempt.id, _hear(attempt, at=at)) for attempt in attempts]
    intents = _moved(order_id, [said for _, said in heard])
    refunds = [told for intent in intents for told in gateway.refunds_of(intent)]
    disputes = [told for intent in intents for told in gateway.disputes_of(intent)]
    for attempt_id, said in heard:
        _believe(order_id, attempt_id, said, at=at)
    if order.subscription_id:
        for invoice_id in gateway.invoices_of(order.subscription_id):
            invoicing.settle_invoice(order_id, gateway.retrieve_invoice(invoice_id), at=at)
    for told in refunds:
        refunding.settle_refund(order_id, told, at=at)
    for told in disputes:
        disputing.settle_dispute(order_id, told, at=at)
    order = ordering.locked(order_id)
    _let_go(order, at=at)
    order.checked_at = at
    return order


def _moved(order_id: int, heard: list[Json | str | None]) -> list[str]:
    """The payments of an order whose money may have gone back: all but those whose charge says that it rests."""
    intents = queries.intents_of(order_id)
    if queries.money_went_back(order_id):
        return intents
    payments = [said.get("payment_intent") for said in heard if isinstance(said, dict)]
    resting = {payment["id"] for payment in payments if isinstance(payment, dict) and _rests(payment)}
    return [intent for intent in intents if intent not in resting]


def _rests(payment: Json) -> bool:
    charge = payment.get("latest_charge")
    return isinstance(charge, dict) and charge["amount_refunded"] == 0 and not charge["disputed"]


def _is_over(order: EnrollmentOrder, attempt: CheckoutAttempt) -> bool:
    return attempt.state == AttemptState.EXPIRED and not order.is_waiting


def _hear(attempt: CheckoutAttempt, *, at: datetime) -> Json | str | None:
    """The session as Stripe shows it; Stripe's refusal in words where it never was; None while that is open.

    Stripe's answer was lost? Once the session could only be refused as too short, the same call made again either
    brings the answer back or proves that there is none; before that it could make a session that nobody wants.
    """
    if attempt.session_id:
        return gateway.retrieve_session(attempt.session_id)
    if attempt.expires_at - at > timedelta(minutes=29):
        return None
    try:
        made = gateway.create_session(attempt.params, key=attempt.idempotency_key)
    except gateway.GatewayRefused as error:
        return str(error)
    return gateway.retrieve_session(made["id"])


def _believe(order_id: int, attempt_id: int, said: Json | str | None, *, at: datetime) -> None:
    if isinstance(said, str):
        ordering.refused(attempt_id, said, at=at)
    elif said is not None:
        settling.settle(order_id, said, at=at)


def _let_go(order: EnrollmentOrder, *, at: datetime) -> None:
    """An order whose sessions were never made, and whose time is over, ends."""
    attempts = queries.attempts_of(order.id)
    never_made = all(attempt.state == AttemptState.REFUSED for attempt in attempts)
    if order.is_waiting and never_made and attempts[-1].expires_at <= at:
        ordering.give_up(order.id, OrderState.EXPIRED, at=at)


def unanswered_refunds(*, at: datetime) -> list[int]:
    """Refunds that Stripe has not answered, young enough that their key still protects them (24 hours)."""
    fresh = Refund.asked_at.between(at - timedelta(hours=23), at - STALE)
    by_bank = Refund.payment_id.in_(select(Payment.id).where(Payment.payment_intent_id.is_(None)))
    query = select(Refund.id).where(
        Refund.state == RefundState.ASKED, fresh, or_(Refund.payment_id.is_(None), ~by_bank)
    )
    return list(db.session.scalars(query.order_by(Refund.id)))


def recover_events(*, at: datetime, back: timedelta = EVENTS_BACK) -> int:
    """Put events that Stripe could not deliver into the inbox; says how many were new."""
    found: list[dict[str, Any]] = gateway.undelivered_events(at - back)
    return sum(receiving.store(event, at=at, source="recovered") for event in found)
