"""Disputing: what a buyer's bank does to a payment becomes true in our books, by the states that Stripe names.

An inquiry moves no money and changes nothing for the trainee. A dispute freezes the order and leaves the course open;
won, all is as it was; lost, the enrollment ends as after a full refund.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from enrollment import enrolling, seating
from enrollment.models import ENROLLMENT_MOVES, EnrollmentState
from foundation.audit import record
from foundation.db import db
from foundation.escalating import escalate
from foundation.filters import shown_datetime
from foundation.jobs import Job, enqueue
from payments import accounting, letters, ordering, owing, taxing
from payments.models import Dispute, EnrollmentOrder, EntryKind, MoneyEntry, OrderState, Payment, Refund
from payments.models.disputes import INQUIRY, OPEN
from payments.models.ledger import STANDS
from payments.models.orders import MONEY_IS_HERE

Json = dict[str, Any]


def settle_dispute(order_id: int, told: Json, *, at: datetime) -> EnrollmentOrder:
    """Bring an order to where its disputes are; `told` is one, as Stripe shows it now. Repeats change nothing."""
    order = ordering.locked(order_id)
    was = _keep(order, told, at=at)
    for booked in told.get("balance_transactions") or []:
        _book(order, booked, at=at)
    if was != told["status"]:
        record("dispute.heard", subject=order, at=at, dispute=told["id"], status=told["status"])
    if told["status"] in (*OPEN, *INQUIRY):
        _ask_staff(order, told, at=at)
    if told["status"] == "lost":
        _book_tax(order, told, at=at)
    _follow(order, at=at)
    return order


def _keep(order: EnrollmentOrder, told: Json, *, at: datetime) -> str | None:
    """Write down where a dispute is; answers with where it was."""
    was = db.session.scalar(select(Dispute.status).where(Dispute.stripe_id == told["id"]))
    due = (told.get("evidence_details") or {}).get("due_by")
    row = {
        "order_id": order.id,
        "stripe_id": told["id"],
        "cents": told["amount"],
        "currency": order.currency,
        "status": told["status"],
        "reason": str(told.get("reason") or ""),
        "answer_by": datetime.fromtimestamp(due, UTC) if due else None,
        "opened_at": datetime.fromtimestamp(told["created"], UTC),
        "heard_at": at,
    }
    fresh = {name: row[name] for name in ("status", "answer_by", "heard_at")}
    db.session.execute(insert(Dispute).values(**row).on_conflict_do_update(index_elements=["stripe_id"], set_=fresh))
    return was


def _book(order: EnrollmentOrder, booked: Json, *, at: datetime) -> None:
    """The money that went, or came back, and the bank's fee."""
    when = datetime.fromtimestamp(booked["created"], UTC)
    kind = EntryKind.DISPUTE if booked["amount"] < 0 else EntryKind.DISPUTE_WON
    accounting.enter(order, kind, booked["amount"], booked["id"], when=when, at=at)
    if booked.get("fee"):
        accounting.enter(order, EntryKind.FEE, -booked["fee"], booked["id"], when=when, at=at)


def _book_tax(order: EnrollmentOrder, told: Json, *, at: datetime) -> None:
    """The bank keeps the money, so its tax is not owed any more, as after a refund of so much."""
    charge = told.get("charge")
    payment = db.session.scalar(select(Payment).where(Payment.charge_id == charge, Payment.order_id == order.id))
    known = select(MoneyEntry.id).where(MoneyEntry.kind == EntryKind.DISPUTE_LOST, MoneyEntry.stripe_id == told["id"])
    if payment is None or db.session.scalar(known) is not None:
        return
    tax, facts = taxing.of_part(payment, told["amount"]), {"charge": charge, "lost": told["amount"]}
    accounting.enter(order, EntryKind.DISPUTE_LOST, 0, told["id"], when=at, at=at, tax=-tax, **facts)


def _ask_staff(order: EnrollmentOrder, told: Json, *, at: datetime) -> None:
    due = (told.get("evidence_details") or {}).get("due_by")
    by = f" Answer by {shown_datetime(datetime.fromtimestamp(due, UTC))}." if due else ""
    asks = "asks about" if told["status"] in INQUIRY else "disputes"
    kind = "order.inquiry" if told["status"] in INQUIRY else "order.dispute"
    escalate(
        kind,
        subject=order,
        summary=f"The buyer's bank {asks} this payment ({str(told.get('reason')).replace('_', ' ')}).{by}",
        dedupe=f"{kind}:{told['id']}",
        at=at,
        dispute=told["id"],
    )


def _follow(order: EnrollmentOrder, *, at: datetime) -> None:
    """All disputes of an order together say where it is."""
    states = set(db.session.scalars(select(Dispute.status).where(Dispute.order_id == order.id)))
    if states & set(OPEN):
        ordering.move(order, OrderState.DISPUTED, at=at)
    elif "lost" in states:
        _lost(order, at=at)
    elif order.state == OrderState.DISPUTED:
        ordering.move(order, _as_before(order), at=at)


def _as_before(order: EnrollmentOrder) -> OrderState:
    if order.enrollment_id is None:
        return OrderState.PAID_NO_SEAT
    given_back = select(func.count(Refund.id)).where(Refund.order_id == order.id, Refund.state.in_(STANDS))
    return OrderState.PART_REFUNDED if db.session.scalar(given_back) else OrderState.PAID


def _lost(order: EnrollmentOrder, *, at: datetime) -> None:
    """The bank keeps the money: the enrollment ends, what the trainee made stays, the seat is free."""
    if order.state in MONEY_IS_HERE:
        ordering.move(order, OrderState.DISPUTED, at=at)
    if not ordering.move(order, OrderState.LOST, at=at):
        return
    owing.void(order, at=at)
    enrollment = order.enrollment
    if enrollment is not None and ENROLLMENT_MOVES.allows(enrollment.state, EnrollmentState.WITHDRAWN):
        enrolling.withdraw(enrollment, reason="dispute lost", at=at)
    seat = seating.live_seat(order.seat_ref)
    if seat is not None:
        seating.release(seat, at=at)
    letters.dispute_lost(order, at=at)
    if order.subscription_id:
        enqueue(Job.FOLLOW_PLANS)
