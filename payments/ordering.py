"""Ordering: a person asks for a seat; it is held for exactly as long as it can be paid for."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from enrollment import admitting, claiming, enrolling, seating
from enrollment.models import Cohort
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from payments import agreeing, asking, binding, owing, queries
from payments.changing import holding
from payments.employers import issuing
from payments.employers.issuing import Bill
from payments.models import ATTEMPT_MOVES, AttemptState, CheckoutAttempt, DueKind, EnrollmentOrder, OrderDue, OrderState
from payments.pricing import discounting, quoting
from payments.pricing.quoting import Offer

PAYABLE = timedelta(minutes=33)
"""A session lasts at least 30 minutes at Stripe; a clock that runs behind needs a little more."""
GRACE = timedelta(minutes=2)
"""How long after the end of a session its seat is kept, so that a payment in the last second is heard of in time."""


class AlreadyIn(Refused):
    """They take part in this cohort already."""


def place(
    user: User,
    cohort: Cohort,
    *,
    agreement_version: str,
    at: datetime,
    plan: str = "",
    promo: str = "",
    rule: str | None = None,
    bill: Bill | None = None,
) -> EnrollmentOrder:
    """The person's live order for this cohort; made, with a seat held for it, where there is none.

    `plan` is the key of a way to pay (the first on offer where it is empty), `promo` a code that takes something off,
    `bill` who is sent the invoice where an employer pays.
    `agreement_version` and `rule` are what the buyer read; Outdated is raised where they hold no more.
    Raises AlreadyIn, Refused where enrollment is not open or the choice can't be had, SoldOut where no seat is left.
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
    admitting.check(user, cohort, at=at)
    offer, code = quoting.chosen(cohort, plan, promo, user, at=at)
    order = _new_order(user, cohort, offer, agreeing.check(agreement_version), at)
    binding.bind(order, at=at, shown=rule)
    if code is not None:
        discounting.use(code, order, offer.off.cents, at=at)
    record("order.placed", subject=order, actor=user, at=at, cents=order.amount_cents, agreement=agreement_version)
    until = _ask_for_it(order, offer, bill, at) + GRACE
    claiming.hold_for(user, cohort, ref=order.seat_ref, until=until, at=at)
    return order


def _ask_for_it(order: EnrollmentOrder, offer: Offer, bill: Bill | None, at: datetime) -> datetime:
    """How the order is to be paid, if it is: by an employer's invoice or on a page. Until when its seat is held."""
    if offer.is_invoice:
        due_on = order.dues[0].due_on
        issuing.issue(order, issuing.check(bill), due_on, lets_in=offer.lets_in, at=at)
        move(order, OrderState.INVOICED, at=at)
        return issuing.held_until(order, due_on)
    return _add_attempt(order, number=1, due_number=1, at=at).expires_at if order.amount_cents else at + PAYABLE


def _new_order(user: User, cohort: Cohort, offer: Offer, agreement_version: str, at: datetime) -> EnrollmentOrder:
    """What was on offer, frozen: a later change of price or plan does not touch it."""
    order = EnrollmentOrder(
        user_id=user.id,
        cohort_id=cohort.id,
        amount_cents=offer.total.cents,
        list_cents=offer.list_cents,
        currency=offer.currency,
        plan_kind=offer.kind,
        plan_title=offer.title,
        every_months=offer.every_months,
        agreement_version=agreement_version,
        agreed_at=at,
        created_at=at,
    )
    order.dues = [
        OrderDue(number=number, due_on=due.on, cents=due.cents, currency=offer.currency)
        for number, due in enumerate(offer.dues, 1)
    ]
    db.session.add(order)
    db.session.flush()
    return order


def attempt_to_pay(order_id: int, *, at: datetime, number: int | None = None) -> CheckoutAttempt | None:
    """The one attempt for what is due next that is open or unanswered; None when there is nothing to pay on a page.

    An attempt that Stripe never made is followed by a new one. While the order waits, its seat is held for that time;
    a later part (a balance, a missed instalment) may be tried as often as people like, one page at a time. Raises
    SoldOut where it is the fee of a move and no seat is left there.
    """
    order = locked(order_id)
    due = owing.payable(order, number=number)
    newest = queries.newest_attempt(order.id)
    if due is None:
        return None
    if due.number > 1:
        return _attempt_for_later(order, due, newest, at)
    if newest is None or newest.state != AttemptState.REFUSED:
        return newest
    attempt = _add_attempt(order, number=newest.number + 1, due_number=1, at=at)
    seating.hold(order.cohort, ref=order.seat_ref, until=attempt.expires_at + GRACE, at=at)
    return attempt


def _attempt_for_later(
    order: EnrollmentOrder, due: OrderDue, newest: CheckoutAttempt | None, at: datetime
) -> CheckoutAttempt | None:
    """None while the bank has not decided about the one before it."""
    if newest is not None and newest.due_number == due.number:
        if newest.state in {AttemptState.UNANSWERED, AttemptState.OPEN} and newest.expires_at > at:
            return newest
        if newest.state == AttemptState.COMPLETE and (due.failed_at is None or due.failed_at < newest.created_at):
            return None
    if newest is not None:
        close_attempt(newest, AttemptState.EXPIRED)
        db.session.flush()
    attempt = _add_attempt(order, number=newest.number + 1 if newest else 1, due_number=due.number, at=at)
    if due.kind == DueKind.MOVE:
        holding.hold_for(due, until=attempt.expires_at + GRACE, at=at)
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
        owing.void(order, at=at)
        claiming.give_back(order.user_id, order.cohort, order.seat_ref, at=at)
    return order


def locked(order_id: int) -> EnrollmentOrder:
    """The order as it is now, its row locked until the transaction ends."""
    return db.session.get_one(EnrollmentOrder, order_id, with_for_update={"key_share": True}, populate_existing=True)


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


def payable_until(at: datetime) -> datetime:
    """The end of a payment page that is opened now; Stripe counts in whole seconds."""
    return (at + PAYABLE).replace(microsecond=0)


def _add_attempt(order: EnrollmentOrder, *, number: int, due_number: int, at: datetime) -> CheckoutAttempt:
    expires = payable_until(at)
    params = asking.session(order, number=number, due=owing.due_of(order.id, due_number), expires_at=expires)
    digest = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()
    attempt = CheckoutAttempt(
        order_id=order.id,
        number=number,
        due_number=due_number,
        idempotency_key=f"order:{order.public_id}:checkout:{number}:{digest[:16]}",
        params=params,
        params_hash=digest,
        expires_at=expires,
        created_at=at,
    )
    db.session.add(attempt)
    db.session.flush()
    return attempt
