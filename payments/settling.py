"""Settling: what Stripe says of a Checkout Session becomes true in our books, once, whoever brings the news.

The webhook's worker, the page after payment and the reconciler all call `settle`; each has fetched the session anew.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import current_app

from accounts.models import User
from enrollment import claiming, enrolling, seating
from enrollment.models import Seat
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from foundation.escalating import escalate
from foundation.jobs import Job, enqueue
from payments import accounting, binding, deciding, letters, ordering, owing, queries, taxing
from payments.changing import holding, moving
from payments.extending import buying
from payments.models import AttemptState, CheckoutAttempt, DueKind, DueState, EnrollmentOrder, OrderDue, OrderState
from payments.models.orders import WAITING
from payments.plans import arrears

Json = dict[str, Any]
PAID_WORDS = {"paid", "no_payment_required"}
ENDED_INTENTS = {"requires_payment_method", "canceled"}


class SwappedSession(Refused):
    """A session of another order was presented for this one."""


def settle(order_id: int, session: Json, *, at: datetime) -> EnrollmentOrder:
    """Bring an order to where its session is; said again, it changes nothing. Raises SwappedSession.

    `session` is the Checkout Session as Stripe shows it now, with `payment_intent.latest_charge` expanded
    (https://docs.stripe.com/checkout/fulfillment).
    """
    order = ordering.locked(order_id)
    if session.get("client_reference_id") != order.public_id:
        raise SwappedSession("This payment belongs to another order.")
    order.checked_at = at
    attempt = _adopt(order, session, at=at)
    fault = _mismatch(order, session)
    if fault:
        _to_review(order, session, fault, at=at)
    else:
        _follow(order, session, attempt, at=at)
    return order


def truth(session: Json) -> OrderState | None:
    """What a session means for its order; None while nothing is decided.

    A delayed payment that failed leaves its session `complete` and `unpaid`, as one that is still under way: only
    the payment behind it tells them apart.
    """
    status, paid = session.get("status"), session.get("payment_status")
    if status == "complete" and paid in PAID_WORDS:
        return OrderState.PAID
    if status == "complete":
        intent = session.get("payment_intent")
        ended = isinstance(intent, dict) and intent.get("status") in ENDED_INTENTS
        return OrderState.FAILED if ended else OrderState.PROCESSING
    return OrderState.EXPIRED if status == "expired" else None


def _adopt(order: EnrollmentOrder, session: Json, *, at: datetime) -> CheckoutAttempt | None:
    """The attempt this session came from, also where Stripe's answer to us was lost; its state follows the session."""
    number = (session.get("metadata") or {}).get("attempt", "")
    ours = [a for a in queries.attempts_of(order.id) if session["id"] == a.session_id or _unheard(a, number)]
    if not ours:
        return None
    attempt = ours[0]
    if not attempt.session_id:
        ordering.answered(attempt.id, session, at=at)
    ends = {"complete": AttemptState.COMPLETE, "expired": AttemptState.EXPIRED}
    if session["status"] in ends:
        ordering.close_attempt(attempt, ends[session["status"]])
    return attempt


def _unheard(attempt: CheckoutAttempt, number: str) -> bool:
    return not attempt.session_id and str(attempt.number) == number


def _mismatch(order: EnrollmentOrder, session: Json) -> str | None:
    """What does not fit between the session and the part of the order it was made for; None when all does."""
    expected = {
        "livemode": (bool(session.get("livemode")), current_app.config["SETTINGS"].stripe_livemode),
        "currency": (str(session.get("currency")).upper(), order.currency),
        "amount": (session.get("amount_subtotal"), owing.due_of_session(order, session).cents),
    }
    return next((f"{name}: {got} is not {ours}" for name, (got, ours) in expected.items() if got != ours), None)


def _to_review(order: EnrollmentOrder, session: Json, fault: str, *, at: datetime) -> None:
    ordering.move(order, OrderState.REVIEW, at=at, fault=fault, session=session["id"])
    escalate(
        "order.review",
        subject=order,
        summary=f"What Stripe says does not fit the order ({fault}). Nobody was let in.",
        dedupe=f"order.review:{order.id}:{session['id']}",
        at=at,
        session=session["id"],
    )


def _follow(order: EnrollmentOrder, session: Json, attempt: CheckoutAttempt | None, *, at: datetime) -> None:
    now_true, due = truth(session), owing.due_of_session(order, session)
    if now_true == OrderState.PAID:
        _paid(order, due, session, at=at)
    elif due.number > 1:
        _later_part(order, due, now_true, attempt, at=at)
    elif now_true == OrderState.PROCESSING:
        if ordering.move(order, OrderState.PROCESSING, at=at):
            seating.keep(order.cohort, ref=order.seat_ref, at=at)
            letters.payment_under_way(order, at=at)
    elif now_true is not None and order.state in WAITING and _is_newest(order, attempt):
        ordering.give_up(order.id, now_true, at=at)
        if now_true == OrderState.FAILED:
            letters.payment_failed(order, at=at)


def _is_newest(order: EnrollmentOrder, attempt: CheckoutAttempt | None) -> bool:
    """The end of an old attempt says nothing about the one that followed it."""
    return attempt is None or attempt.number == max(a.number for a in queries.attempts_of(order.id))


def _later_part(
    order: EnrollmentOrder,
    due: OrderDue,
    now_true: OrderState | None,
    attempt: CheckoutAttempt | None,
    *,
    at: datetime,
) -> None:
    """News of a later part that is not paid: only a bank that refused it changes anything, and a seat that waits."""
    if due.kind == DueKind.MOVE and _is_newest(order, attempt):
        holding.hear(due, now_true, at=at)
    if now_true == OrderState.FAILED and due.is_open and due.failed_at is None:
        due.failed_at = at
        letters.payment_failed(order, at=at, due=due)


def _paid(order: EnrollmentOrder, due: OrderDue, session: Json, *, at: datetime) -> None:
    payment = session.get("payment_intent") or {}
    if due.state == DueState.PAID and payment and not accounting.is_known(payment["id"]):
        _paid_again(order, session, at=at)
    accounting.take_in(order, due, session, at=at)
    taxing.note(due, taxing.of_session(session))
    if due.number > 1:
        part_paid(order, due, session, at=at)
        return
    if order.state not in {*WAITING, OrderState.EXPIRED, OrderState.FAILED, OrderState.CANCELLED, OrderState.REVIEW}:
        return
    order.payment_intent_id, order.paid_at = payment.get("id"), order.paid_at or _paid_at(payment, at)
    order.subscription_id = _id(session.get("subscription")) or order.subscription_id
    order.customer_id = _id(session.get("customer")) or order.customer_id
    due.invoice_id = _id(session.get("invoice")) or due.invoice_id
    owing.revive(order)
    owing.mark_paid(due, at=order.paid_at)
    if order.subscription_id:
        enqueue(Job.FOLLOW_PLANS)
    take_seat(order, session, at=at)


def _id(found: Any) -> str | None:
    """An object's id, whether Stripe's answer holds the id or the object."""
    return found.get("id") if isinstance(found, dict) else found


def part_paid(order: EnrollmentOrder, due: OrderDue, session: Json, *, at: datetime) -> None:
    """A later part has come: its receipt, and whatever waited for it."""
    if owing.mark_paid(due, at=at):
        record("due.paid", subject=order, at=at, due=due.number, cents=due.cents)
        accounting.issue_receipt(order, due, session, at=at)
        letters.part_paid(order, due, at=at)
        if due.is_fee:
            (buying if due.is_extension else moving).paid(order, due, at=at)
        arrears.follow(order, at=at)


def free(order_id: int, *, at: datetime) -> EnrollmentOrder:
    """An order that costs nothing leads in without Stripe. Said twice, it is done once. Raises Refused."""
    order = ordering.locked(order_id)
    if order.amount_cents:
        raise Refused("This order has to be paid.")
    if order.is_waiting:
        order.paid_at = order.paid_at or at
        owing.mark_paid(owing.due_of(order.id, 1), at=at)
        take_seat(order, {"amount_total": 0}, at=at)
    return order


def take_seat(order: EnrollmentOrder, session: Json, *, at: datetime) -> None:
    """What had to be paid first is paid: the seat that is held, or one that is left; else a person must decide."""
    seat = _seat_for(order, at=at)
    state = OrderState.PAID if seat else OrderState.PAID_NO_SEAT
    if ordering.move(order, state, at=at, session=session.get("id", "")):
        accounting.issue_receipt(order, owing.due_of(order.id, 1), session, at=at)
        if seat:
            let_in(order, seat, at=at)
        else:
            _no_seat(order, at=at)


def _seat_for(order: EnrollmentOrder, *, at: datetime) -> Seat | None:
    """A seat for this money: the one held, else one that is left.

    None where all are gone, they have one already, or nobody is behind the account any more.
    """
    if order.user.erased_at is not None or enrolling.takes_part(order.user_id, order.cohort_id):
        return None
    try:
        return claiming.take_for(order.user, order.cohort, ref=order.seat_ref, at=at)
    except seating.SoldOut:
        return None


def let_in(order: EnrollmentOrder, seat: Seat, *, at: datetime) -> None:
    """The seat is theirs: enrollment, receipt by mail, welcome."""
    months = binding.rule_of(order).terms.completion_months
    order.enrollment_id = enrolling.activate(order.user, order.cohort, seat, at=at, months=months).id
    letters.paid(order, at=at)
    letters.welcome(order, at=at)
    db.session.refresh(order, ["enrollment"])
    arrears.follow(order, at=at)


def give_seat(order_id: int, *, actor: User, at: datetime) -> None:
    """Staff seat somebody who paid when no seat was left: one has come free, or the cohort was made larger.

    Raises Refused where they are not waiting for one, SoldOut where none is left.
    """
    order = ordering.locked(order_id)
    if order.state != OrderState.PAID_NO_SEAT:
        raise Refused("This order does not wait for a seat.")
    if enrolling.takes_part(order.user_id, order.cohort_id):
        raise Refused("They have a seat in this cohort already. Refund this payment.")
    seat = claiming.take_for(order.user, order.cohort, ref=order.seat_ref, at=at)
    ordering.move(order, OrderState.PAID, at=at, actor=actor)
    deciding.close(order, actor=actor, note="Seated", at=at, only="order.paid_no_seat")
    let_in(order, seat, at=at)


def _no_seat(order: EnrollmentOrder, *, at: datetime) -> None:
    """Somebody paid and gets no seat for it: because all are gone, they have one already, or were erased meanwhile."""
    is_in = enrolling.takes_part(order.user_id, order.cohort_id)
    why = "by somebody who is in already. Refund it" if is_in else "but no seat is left. Seat the buyer or refund"
    if order.user.erased_at is not None:
        why = "by somebody who was erased meanwhile. Refund it"
    escalate(
        "order.paid_no_seat",
        subject=order,
        summary=f"Paid for {order.cohort.title}, {why}.",
        dedupe=f"order.paid_no_seat:{order.id}",
        at=at,
        order=order.public_id,
    )
    if is_in:
        letters.paid_twice(order, at=at)
    else:
        letters.paid_no_seat(order, at=at)


def _paid_again(order: EnrollmentOrder, session: Json, *, at: datetime) -> None:
    record("order.paid_twice", subject=order, at=at, session=session["id"])
    escalate(
        "order.paid_twice",
        subject=order,
        summary="A second payment came for an order that was paid already. Refund one of them.",
        dedupe=f"order.paid_twice:{order.id}:{session['id']}",
        at=at,
        session=session["id"],
    )


def _paid_at(payment: Json, at: datetime) -> datetime:
    charge = payment.get("latest_charge")
    return datetime.fromtimestamp(charge["created"], UTC) if isinstance(charge, dict) else at
