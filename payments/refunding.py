"""Refunding: money goes back, all of it or a part; all of it ends the enrollment and frees the seat."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, select

from accounts.models import User
from enrollment import enrolling, seating
from enrollment.models import ENROLLMENT_MOVES, EnrollmentState
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from foundation.escalating import escalate
from foundation.money import Money
from foundation.text import whole_number
from payments import accounting, crediting, deciding, letters, ordering, owing, taxing
from payments.models import EnrollmentOrder, EntryKind, MoneyEntry, OrderState, Payment, Refund, RefundState
from payments.models.ledger import MONEY_IN, REFUND_MOVES, STANDS
from payments.models.orders import MONEY_IS_HERE

Json = dict[str, Any]
BY_BANK = "refund.by_bank"
STATES = {"pending": RefundState.PENDING, "requires_action": RefundState.PENDING} | {
    str(state): state for state in (RefundState.SUCCEEDED, RefundState.FAILED, RefundState.CANCELED)
}


def refundable(order: EnrollmentOrder) -> Money:
    """What could still go back: what came in, less every refund that stands or is under way."""
    gone = select(func.sum(Refund.cents)).where(Refund.order_id == order.id, Refund.state.in_(STANDS))
    came, gone_back = db.session.execute(select(_came_in(order).scalar_subquery(), gone.scalar_subquery())).one()
    return Money(int(came or 0) - int(gone_back or 0), order.currency)


def came_in(order: EnrollmentOrder) -> int:
    """Cents that were charged for an order."""
    return int(db.session.scalar(_came_in(order)) or 0)


def _came_in(order: EnrollmentOrder) -> Select[Any]:
    query = select(func.sum(MoneyEntry.cents)).where(MoneyEntry.order_id == order.id)
    return query.where(MoneyEntry.kind.in_(MONEY_IN))


def ask(order_id: int, cents: int, *, reason: str, actor: User, at: datetime, seen: int | None = None) -> list[Refund]:
    """Write down that money shall go back: a row for each payment it goes back to, the newest payment first.

    The cap is checked while the order is locked. `seen` is the cents that were left on the page that asks: a click
    that comes twice finds less. Raises Refused.
    """
    order = ordering.locked(order_id)
    left = refundable(order)
    if seen not in {None, left.cents}:
        raise Refused(f"Money has gone back since you opened this page; {left} is left. Look again.", "amount")
    if order.state not in MONEY_IS_HERE or left.cents <= 0:
        raise Refused("There is nothing left to give back on this order.", "amount")
    if not 0 < cents <= left.cents:
        raise Refused(f"Give back between {Money(1, order.currency)} and {left}.", "amount")
    made = [_asked(order, payment, part, reason, actor, at) for payment, part in allotted(order.id, cents)]
    if cents == left.cents:
        deciding.close(order, actor=actor, note="Refunded", at=at, only="order.paid_no_seat")
    return made


def allotted(order_id: int, cents: int) -> list[tuple[Payment, int]]:
    """A sum divided among an order's payments: as much as each still holds, the newest first."""
    gone = dict(
        db.session.execute(
            select(Refund.payment_id, func.sum(Refund.cents))
            .where(Refund.order_id == order_id, Refund.state.in_(STANDS))
            .group_by(Refund.payment_id)
        ).all()
    )
    found, rest = [], cents
    query = select(Payment).where(Payment.order_id == order_id).order_by(Payment.paid_at.desc(), Payment.id.desc())
    for payment in db.session.scalars(query):
        part = min(rest, payment.cents - int(gone.get(payment.id, 0)))
        if part > 0:
            found.append((payment, part))
            rest -= part
    return found


def _asked(
    order: EnrollmentOrder, payment: Payment, cents: int, reason: str, actor: User | None, at: datetime
) -> Refund:
    refund = Refund(
        order_id=order.id,
        payment_id=payment.id,
        cents=cents,
        currency=order.currency,
        reason=reason,
        asked_by_id=actor.id if actor else None,
        asked_at=at,
    )
    db.session.add(refund)
    db.session.flush()
    record("refund.asked", subject=order, actor=actor, at=at, refund=refund.id, cents=cents, reason=reason)
    if refund.is_by_bank:
        _ask_staff_to_send(order, refund, at)
    return refund


def _ask_staff_to_send(order: EnrollmentOrder, refund: Refund, at: datetime) -> None:
    escalate(
        BY_BANK,
        subject=order,
        summary=f"{refund.amount} goes back by bank transfer. Send it, then write its reference down here.",
        dedupe=f"{BY_BANK}:{refund.id}",
        at=at,
        order=order.public_id,
    )


def give_back(order: EnrollmentOrder, payment_intent_id: str, reason: str, *, at: datetime) -> Refund | None:
    """Write down that the whole of one payment goes back by itself, once; the worker sends it."""
    payment = db.session.scalars(select(Payment).where(Payment.payment_intent_id == payment_intent_id)).one()
    if db.session.scalar(select(Refund.id).where(Refund.payment_id == payment.id, Refund.state.in_(STANDS))):
        return None
    return _asked(order, payment, payment.cents, reason, None, at)


def params_of(refund: Refund) -> Json:
    """What Stripe is asked for; the same for as long as the row stands, so that a repeated call is the same call."""
    order, payment = refund.order, refund.payment
    return {
        "payment_intent": payment.payment_intent_id if payment else order.payment_intent_id,
        "amount": refund.cents,
        "reason": "requested_by_customer",
        "metadata": {"order": order.public_id, "refund": str(refund.id)},
    }


def refuse(refund: Refund, message: str, *, at: datetime) -> None:
    """Stripe won't do it."""
    ordering.locked(refund.order_id)
    db.session.refresh(refund)
    if refund.state == RefundState.ASKED:
        refund.state, refund.last_error = RefundState.REFUSED, message[:300]
        record("refund.refused", subject=refund.order, at=at, refund=refund.id)


def sent_by_bank(refund: Refund, reference: str, *, actor: User, at: datetime) -> None:
    """Staff have sent it by bank transfer: nobody but they can know. Said twice, it is said once."""
    order = ordering.locked(refund.order_id)
    db.session.refresh(refund)
    if refund.state != RefundState.ASKED:
        return
    record("refund.sent_by_bank", subject=order, actor=actor, at=at, refund=refund.id, reason=reference)
    told = {"id": f"transfer back {refund.id}", "status": "succeeded", "created": int(at.timestamp())}
    settle_refund(order.id, told | {"metadata": {"refund": str(refund.id)}}, at=at)
    deciding.close(order, actor=actor, note=f"Sent back: {reference}", at=at, only=BY_BANK)
    if refundable(order).cents <= order.amount_cents:
        deciding.close(order, actor=actor, note=f"Sent back: {reference}", at=at, only="order.overpaid")


def settle_refund(order_id: int, told: Json, *, at: datetime) -> Refund:
    """Bring a refund, ours or one made in Stripe's Dashboard, to where Stripe says it is. Repeats change nothing."""
    order = ordering.locked(order_id)
    refund = _known(order, told) or _found(order, told, at)
    state = STATES.get(str(told.get("status")), RefundState.PENDING)
    refund.stripe_id = told["id"]
    was = refund.state
    if REFUND_MOVES.allows(was, state):
        refund.state = state
    crediting.follow(refund, at=at)
    if refund.state != was:
        _act(order, refund, was, told, at=at)
    return refund


def _known(order: EnrollmentOrder, told: Json) -> Refund | None:
    by_id = db.session.scalar(select(Refund).where(Refund.stripe_id == told["id"]))
    if by_id is not None:
        return by_id
    number = whole_number((told.get("metadata") or {}).get("refund"))
    query = select(Refund).where(Refund.id == number, Refund.order_id == order.id, Refund.stripe_id.is_(None))
    return db.session.scalar(query)


def _found(order: EnrollmentOrder, told: Json, at: datetime) -> Refund:
    intent = str(told.get("payment_intent"))
    refund = Refund(
        order_id=order.id,
        payment_id=db.session.scalar(select(Payment.id).where(Payment.payment_intent_id == intent)),
        cents=told["amount"],
        currency=order.currency,
        reason="Made in Stripe",
        asked_at=datetime.fromtimestamp(told["created"], UTC),
    )
    db.session.add(refund)
    db.session.flush()
    record("refund.found", subject=order, at=at, refund=refund.id, cents=refund.cents, stripe=told["id"])
    return refund


def _act(order: EnrollmentOrder, refund: Refund, was: RefundState, told: Json, *, at: datetime) -> None:
    when = datetime.fromtimestamp(told["created"], UTC)
    if refund.state in STANDS:
        kind = EntryKind.TRANSFER_BACK if refund.is_by_bank else EntryKind.REFUND
        new = accounting.enter(order, kind, -refund.cents, told["id"], when=when, at=at, tax=-taxing.of_refund(refund))
        if new:
            _gone_back(order, refund, at=at)
        return
    if was != RefundState.ASKED:
        tax = taxing.of_refund(refund)
        accounting.enter(order, EntryKind.REFUND_FAILED, refund.cents, told["id"], when=at, at=at, tax=tax)
        _came_back(order, refund, at=at)


def _gone_back(order: EnrollmentOrder, refund: Refund, *, at: datetime) -> None:
    full = refundable(order).cents <= 0
    if full:
        ordering.move(order, OrderState.REFUNDED, at=at, refund=refund.id)
        owing.void(order, at=at)
        _end(order, at=at)
    elif order.state != OrderState.PAID_NO_SEAT and refundable(order).cents < order.amount_cents:
        ordering.move(order, OrderState.PART_REFUNDED, at=at, refund=refund.id)
    letters.refunded(order, refund, full=full, at=at)


def _end(order: EnrollmentOrder, *, at: datetime) -> None:
    """All the money went back: the enrollment ends, what the learner made stays, the seat is free."""
    enrollment = order.enrollment
    if enrollment is not None and ENROLLMENT_MOVES.allows(enrollment.state, EnrollmentState.WITHDRAWN):
        enrolling.withdraw(enrollment, reason="refunded", at=at)
    seat = seating.live_seat(order.seat_ref)
    if seat is not None:
        seating.release(seat, at=at)


def _came_back(order: EnrollmentOrder, refund: Refund, *, at: datetime) -> None:
    """A refund failed after it had been made: the money is ours again, and a person decides what now."""
    was_full = order.state == OrderState.REFUNDED
    still = refundable(order).cents < came_in(order)
    target = OrderState.PAID_NO_SEAT if was_full else OrderState.PART_REFUNDED if still else OrderState.PAID
    ordering.move(order, target, at=at, refund=refund.id)
    escalate(
        "refund.failed",
        subject=order,
        summary=f"A refund of {refund.amount} did not reach the buyer's bank. Find another way and tell the buyer.",
        dedupe=f"refund.failed:{refund.id}",
        at=at,
        order=order.public_id,
    )
    letters.refund_failed(order, refund, at=at)
