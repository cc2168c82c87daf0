"""Ordering: a person asks for a seat; it is held for exactly as long as it can be paid for."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from flask import current_app
from sqlalchemy import select

from accounts.models import User
from enrollment import enrolling, seating
from enrollment.models import Cohort
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from payments import queries
from payments.models import ATTEMPT_MOVES, AttemptState, CheckoutAttempt, EnrollmentOrder, OrderState

PAYABLE = timedelta(minutes=33)
"""A session lasts at least 30 minutes at Stripe; a clock that runs behind needs a little more."""
GRACE = timedelta(minutes=2)
"""How long after the end of a session its seat is kept, so that a payment in the last second is heard of in time."""


class AlreadyIn(Refused):
    """They take part in this cohort already."""


def place(user: User, cohort: Cohort, *, agreement_version: str, at: datetime) -> EnrollmentOrder:
    """The person's live order for this cohort; made, with a seat held for it, where there is none.

    Raises AlreadyIn, Refused where enrollment is not open, SoldOut where no seat is left.
    """
    known = queries.live_order(user.id, cohort.id)
    if known is not None:
        return known
    seating.lock(cohort)
    known = queries.live_order(user.id, cohort.id)
    if known is not None:
        return known
    if enrolling.takes_part(user.id, cohort.id):
        raise AlreadyIn("You are in this cohort already.")
    if not cohort.is_open(at):
        raise Refused("Enrollment for this cohort is not open.")
    order = EnrollmentOrder(
        user_id=user.id,
        cohort_id=cohort.id,
        amount_cents=cohort.price_cents,
        currency=cohort.currency,
        agreement_version=agreement_version,
        agreed_at=at,
        created_at=at,
    )
    db.session.add(order)
    db.session.flush()
    attempt = _add_attempt(order, number=1, at=at)
    seating.hold(cohort, ref=order.seat_ref, until=attempt.expires_at + GRACE, at=at)
    record("order.placed", subject=order, actor=user, at=at, cents=order.amount_cents, agreement=agreement_version)
    return order


def attempt_to_pay(order_id: int, *, at: datetime) -> CheckoutAttempt | None:
    """The order's one attempt that is open or unanswered; None when there is nothing left to pay.

    An attempt that Stripe never made is followed by a new one, and the seat is held for that one's time.
    """
    order = locked(order_id)
    newest = db.session.scalars(
        select(CheckoutAttempt).where(CheckoutAttempt.order_id == order.id).order_by(CheckoutAttempt.number.desc())
    ).first()
    if order.state not in {OrderState.DRAFT, OrderState.PENDING} or newest is None:
        return None
    if newest.state != AttemptState.REFUSED:
        return newest
    attempt = _add_attempt(order, number=newest.number + 1, at=at)
    seating.hold(order.cohort, ref=order.seat_ref, until=attempt.expires_at + GRACE, at=at)
    return attempt


def answered(attempt_id: int, session: dict[str, Any], *, at: datetime) -> CheckoutAttempt:
    """Stripe made the session: keep its id and address. Said twice, it is said once."""
    order, attempt = _locked_pair(attempt_id)
    if attempt.state == AttemptState.UNANSWERED:
        attempt.state = AttemptState.OPEN
    attempt.session_id, attempt.url = session["id"], session.get("url") or attempt.url
    if order.state == OrderState.DRAFT:
        move(order, OrderState.PENDING, at=at)
    return attempt


def refused(attempt_id: int, reason: str, *, at: datetime) -> None:
    """Stripe did not make the session and never will with these parameters."""
    order, attempt = _locked_pair(attempt_id)
    if attempt.state == AttemptState.UNANSWERED:
        attempt.state = AttemptState.REFUSED
        record("checkout.refused", subject=order, at=at, attempt=attempt.number, reason=reason[:200])


def give_up(order_id: int, to: OrderState, *, at: datetime, actor: User | None = None) -> EnrollmentOrder:
    """End an order that nobody can pay any more (cancelled, expired, failed) and free its seat. Repeats do nothing."""
    order = locked(order_id)
    if order.is_waiting:
        move(order, to, at=at, actor=actor)
        seat = seating.live_seat(order.seat_ref)
        if seat is not None:
            seating.release(seat, at=at)
    return order


def locked(order_id: int) -> EnrollmentOrder:
    """The order as it is now, its row locked until the transaction ends."""
    return db.session.get_one(EnrollmentOrder, order_id, with_for_update=True, populate_existing=True)


def _locked_pair(attempt_id: int) -> tuple[EnrollmentOrder, CheckoutAttempt]:
    """Always the order first, so that no two callers wait for each other."""
    order = locked(db.session.get_one(CheckoutAttempt, attempt_id).order_id)
    return order, db.session.get_one(CheckoutAttempt, attempt_id, populate_existing=True)


def move(order: EnrollmentOrder, to: OrderState, *, at: datetime, actor: User | None = None, **facts: Any) -> bool:
    """Compare-and-set along the table of moves; True for the one caller who moved it, who then does what follows."""
    if not queries.advance(order, to):
        return False
    record(f"order.{to}", subject=order, actor=actor, at=at, **facts)
    return True


def close_attempt(attempt: CheckoutAttempt, to: AttemptState) -> None:
    if ATTEMPT_MOVES.allows(attempt.state, to):
        attempt.state = to


def _add_attempt(order: EnrollmentOrder, *, number: int, at: datetime) -> CheckoutAttempt:
    expires = (at + PAYABLE).replace(microsecond=0)
    params = checkout_params(order, number=number, expires_at=expires)
    digest = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()
    attempt = CheckoutAttempt(
        order_id=order.id,
        number=number,
        idempotency_key=f"order:{order.public_id}:checkout:{number}:{digest[:16]}",
        params=params,
        params_hash=digest,
        expires_at=expires,
        created_at=at,
    )
    db.session.add(attempt)
    db.session.flush()
    return attempt


def checkout_params(order: EnrollmentOrder, *, number: int, expires_at: datetime) -> dict[str, Any]:
    """What Stripe is asked for. The amount is the order's own; nothing of it comes from the browser."""
    settings = current_app.config["SETTINGS"]
    cohort, user = db.session.get_one(Cohort, order.cohort_id), db.session.get_one(User, order.user_id)
    home = f"{settings.base_url.rstrip('/')}/orders/{quote(order.public_id)}"
    marks = {"order": order.public_id, "attempt": str(number), "school": settings.mail_domain}
    price = {
        "currency": order.currency.lower(),
        "unit_amount": order.amount_cents,
        "product_data": {"name": f"{cohort.program.title}, {cohort.title}"},
    }
    return {
        "mode": "payment",
        "submit_type": "book",
        "client_reference_id": order.public_id,
        "metadata": marks,
        "payment_intent_data": {"metadata": marks, "description": f"{cohort.program.title} ({cohort.code})"},
        "line_items": [{"quantity": 1, "price_data": price}],
        "customer_email": user.email,
        "customer_creation": "always",
        "expires_at": int(expires_at.timestamp()),
        "success_url": home + "?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": home,
        "adaptive_pricing": {"enabled": False},
    }
