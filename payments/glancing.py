"""Glancing: Stripe's payment pages, a hundred at a time, held against the books by one statement a hundred.

What agrees to the cent needs no closer look. Whatever differs, is not listed, or is of a kind that a list does not show
whole (instalments, refunds, disputes, what waits) is left to `reconciling.check`, which asks about each by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import BigInteger, Boolean, String, and_, any_, bindparam, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from foundation import asking
from foundation.db import db
from payments import gateway
from payments.models import (
    AttemptState,
    CheckoutAttempt,
    Dispute,
    DueState,
    EnrollmentOrder,
    EntryKind,
    MoneyEntry,
    OrderDue,
    OrderState,
    Payment,
    Receipt,
    Refund,
)

Json = dict[str, Any]
CALM = (OrderState.PAID, OrderState.INVOICED, OrderState.EXPIRED, OrderState.FAILED, OrderState.CANCELLED)
OVER = (AttemptState.REFUSED, AttemptState.EXPIRED)
SLACK = timedelta(hours=1)
"""Stripe's clock and ours."""


def at_rest(order_ids: Sequence[int], *, at: datetime) -> list[tuple[int, str, str]]:
    """Id, name and state of the orders about which Stripe and the books say the same; each is marked as looked at.

    Raises GatewayDown, GatewayRefused.
    """
    attempts, payments = _agreeing(order_ids)
    calm = _calm(order_ids, attempts, payments)
    seen = update(EnrollmentOrder).where(EnrollmentOrder.id.in_(calm)).values(checked_at=at)
    told = seen.returning(EnrollmentOrder.id, EnrollmentOrder.public_id, EnrollmentOrder.state)
    found = db.session.execute(told.execution_options(synchronize_session=False))
    return sorted((row.id, row.public_id, str(row.state)) for row in found)


def _agreeing(order_ids: Sequence[int]) -> tuple[list[int], list[int]]:
    """The attempts, and the payments that came by them, that Stripe shows just as the books have them."""
    oldest = select(func.min(CheckoutAttempt.created_at)).where(CheckoutAttempt.order_id == _one_of(order_ids))
    since = db.session.scalar(oldest)
    pages = gateway.pages_of_paid_sessions(since - SLACK) if since else ()
    attempts, payments = list[int](), list[int]()
    db.session.rollback()  # no transaction stays open while Stripe is asked
    for page in pages:
        said = {_said(session) for session in page if _is_whole(session)}
        for attempt_id, payment_id, *ours in asking.rows(BOOKED, {"sessions": [one[0] for one in said]}):
            if tuple(ours) in said:
                attempts.append(attempt_id)
                payments.append(payment_id)
        db.session.rollback()
    return attempts, payments


def _is_whole(session: Json) -> bool:
    """A single payment of our mode that was made and rests: no money has gone back, and no bank asks for it."""
    payment = session.get("payment_intent")
    charge = payment.get("latest_charge") if isinstance(payment, dict) else None
    if session["mode"] != "payment" or session["payment_status"] != "paid" or not isinstance(charge, dict):
        return False
    is_ours = session["livemode"] == current_app.config["SETTINGS"].stripe_livemode
    return is_ours and not charge["amount_refunded"] and not charge["disputed"]


def _said(session: Json) -> tuple[Any, ...]:
    """What Stripe says, in the order of `_booked`; a sum that two rows of ours hold stands there twice."""
    payment, tax = session["payment_intent"], (session.get("total_details") or {}).get("amount_tax") or 0
    charge = payment["latest_charge"]
    names = (session["id"], session["client_reference_id"], payment["id"], charge["id"], charge["balance_transaction"])
    asked, came = session["amount_subtotal"], charge["amount"]
    return (*names, session["currency"].upper(), asked, came, came, tax, tax)


def _booked() -> Any:
    """What the books hold of a page's sessions. They are joined by their names alone: a school has few prices, and a
    plan that began with those would compare everybody with everybody."""
    order, due, charge, fee = EnrollmentOrder, OrderDue, _entry(EntryKind.CHARGE), _entry(EntryKind.FEE)
    part = CheckoutAttempt.due_number
    names = (CheckoutAttempt.session_id, order.public_id, Payment.payment_intent_id, Payment.charge_id)
    sums = (due.cents, Payment.cents, charge.c.cents, due.tax_cents, charge.c.tax_cents)
    return (
        select(CheckoutAttempt.id, Payment.id, *names, fee.c.stripe_id, order.currency, *sums)
        .select_from(CheckoutAttempt)
        .join(order, order.id == CheckoutAttempt.order_id)
        .join(due, and_(due.order_id == order.id, due.number == part))
        .join(Payment, and_(Payment.order_id == order.id, Payment.due_number == part))
        .join(Receipt, and_(Receipt.order_id == order.id, Receipt.due_number == part))
        .join(charge, charge.c.stripe_id == Payment.charge_id)
        .join(fee, fee.c.order_id == order.id)
        .where(CheckoutAttempt.session_id == any_(bindparam("sessions", type_=ARRAY(String))))
        .where(CheckoutAttempt.state == AttemptState.COMPLETE, due.state == DueState.PAID)
        .where(order.state == OrderState.PAID)
    )


def _entry(kind: EntryKind) -> Any:
    return select(MoneyEntry).where(MoneyEntry.kind == kind).subquery(kind.value)


def _calm(order_ids: Sequence[int], attempts: list[int], payments: list[int]) -> Any:
    """Orders of which no attempt and no payment is left that did not agree, and no money has gone back."""
    mine = EnrollmentOrder.id
    strays = CheckoutAttempt.state.not_in(OVER) & ~_is_among(CheckoutAttempt.id, attempts)
    unseen = Payment.payment_intent_id.is_not(None) & ~_is_among(Payment.id, payments)
    return select(mine).where(
        mine == _one_of(order_ids),
        EnrollmentOrder.state.in_(CALM),
        EnrollmentOrder.subscription_id.is_(None),
        mine.not_in(select(CheckoutAttempt.order_id).where(strays)),
        mine.not_in(select(Payment.order_id).where(unseen)),
        mine.not_in(select(Refund.order_id)),
        mine.not_in(select(Dispute.order_id)),
    )


def _one_of(ids: Sequence[int]) -> Any:
    return any_(literal(list(ids), ARRAY(BigInteger)))


def _is_among(id_: Any, ids: list[int]) -> Any:
    return func.coalesce(id_ == _one_of(ids), literal(False, Boolean))


BOOKED = _booked()
