"""Reads, and the one compare-and-set, that more than one caller needs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import joinedload

from enrollment.models import Cohort
from foundation.db import db, written
from payments.models import (
    ORDER_MOVES,
    CheckoutAttempt,
    CreditNote,
    Dispute,
    EnrollmentOrder,
    OrderState,
    Payment,
    Receipt,
    Refund,
)
from payments.models.orders import LIVE

LATE = timedelta(days=5)


def live_order(user_id: int, cohort_id: int) -> EnrollmentOrder | None:
    """The person's order for a cohort that still leads somewhere; once they are in, the enrollment speaks for it."""
    return db.session.scalar(
        select(EnrollmentOrder)
        .where(
            EnrollmentOrder.user_id == user_id,
            EnrollmentOrder.cohort_id == cohort_id,
            EnrollmentOrder.state.in_(LIVE),
        )
        .order_by(EnrollmentOrder.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def order_by_public_id(public_id: str) -> EnrollmentOrder | None:
    """With its cohort, program, attempts, enrollment, dues and receipts, in one statement."""
    return db.session.scalars(_whole().where(EnrollmentOrder.public_id == public_id)).unique().one_or_none()


def _whole() -> Select[Any]:
    return select(EnrollmentOrder).options(
        joinedload(EnrollmentOrder.cohort).joinedload(Cohort.program),
        joinedload(EnrollmentOrder.attempts),
        joinedload(EnrollmentOrder.enrollment),
        joinedload(EnrollmentOrder.invoice),
        joinedload(EnrollmentOrder.dues),
        joinedload(EnrollmentOrder.receipts),
    )


def orders_of(user_id: int) -> list[EnrollmentOrder]:
    """A person's orders, newest first, each with its dues and receipts."""
    query = _whole().where(EnrollmentOrder.user_id == user_id).order_by(EnrollmentOrder.id.desc())
    return list(db.session.scalars(query).unique())


def attempts_of(order_id: int) -> list[CheckoutAttempt]:
    """As they are now, oldest first."""
    query = select(CheckoutAttempt).where(CheckoutAttempt.order_id == order_id).order_by(CheckoutAttempt.number)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def newest_attempt(order_id: int) -> CheckoutAttempt | None:
    query = select(CheckoutAttempt).where(CheckoutAttempt.order_id == order_id)
    return db.session.scalars(query.order_by(CheckoutAttempt.number.desc())).first()


def attempt_by_session(session_id: str) -> CheckoutAttempt | None:
    return db.session.scalar(select(CheckoutAttempt).where(CheckoutAttempt.session_id == session_id))


def receipt_of(order_id: int, due_number: int = 1) -> Receipt | None:
    """The receipt for one part of an order."""
    query = select(Receipt).where(Receipt.order_id == order_id, Receipt.due_number == due_number)
    return db.session.scalar(query)


def order_by_payment(payment_intent_id: object) -> int | None:
    """The order that a payment of Stripe's came for."""
    return db.session.scalar(select(Payment.order_id).where(Payment.payment_intent_id == str(payment_intent_id)))


def intents_of(order_id: int) -> list[str]:
    """Stripe's names of the payments that came for an order, oldest first."""
    query = select(Payment.payment_intent_id).where(Payment.order_id == order_id).order_by(Payment.id)
    return [intent for intent in db.session.scalars(query) if intent]


def money_went_back(order_id: int) -> bool:
    """Whether we know of a refund or a dispute, whatever became of it."""
    refunded = exists().where(Refund.order_id == order_id)
    return bool(db.session.scalar(select(or_(refunded, exists().where(Dispute.order_id == order_id)))))


def receipt_numbers(order_id: int) -> list[str]:
    return list(db.session.scalars(select(Receipt.number).where(Receipt.order_id == order_id).order_by(Receipt.id)))


def credit_notes_of(order_id: int) -> list[CreditNote]:
    """Oldest first, those that take another one back among them."""
    return list(db.session.scalars(select(CreditNote).where(CreditNote.order_id == order_id).order_by(CreditNote.id)))


def limbo() -> ColumnElement[bool]:
    """Money that a person must decide about: no seat, not fitting, disputed, or under way for days."""
    slow = and_(EnrollmentOrder.state == OrderState.PROCESSING, EnrollmentOrder.created_at <= func.now() - LATE)
    stuck = (OrderState.PAID_NO_SEAT, OrderState.REVIEW, OrderState.DISPUTED)
    return or_(slow, EnrollmentOrder.state.in_([written(state) for state in stuck]))


def in_limbo() -> Select[Any]:
    """How many orders wait for a person, as a statement to be asked with others."""
    return select(func.count(EnrollmentOrder.id)).where(limbo())


def advance(order: EnrollmentOrder, to: OrderState) -> bool:
    """UPDATE ... WHERE state IN (the states from which `to` may be entered): True where this call moved the row."""
    moved = db.session.execute(
        update(EnrollmentOrder)
        .where(EnrollmentOrder.id == order.id, EnrollmentOrder.state.in_(ORDER_MOVES.sources(to)))
        .values(state=to)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(order, ["state"])
    return bool(getattr(moved, "rowcount", 0) == 1)
