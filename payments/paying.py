"""Paying: what stands between an order and Stripe's payment page, in steps that the caller commits one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from accounts.models import User
from payments import gateway, ordering, queries, reconciling, settling
from payments.models import AttemptState, CheckoutAttempt, EnrollmentOrder, OrderState

MOST_TRIES = 2


class Opening:
    """The way to the payment page: iterate and commit after each step; then `url` is the page, or None.

    Before Stripe is called, key and parameters are committed; so a lost answer is asked for again under the same key,
    and a double click is given the same session. `number`: the part that is meant, where several are open.
    Raises GatewayDown.
    """

    def __init__(self, order_id: int, *, number: int | None = None) -> None:
        self.order_id, self.number = order_id, number
        self.url: str | None = None

    def steps(self, *, at: datetime) -> Iterator[None]:
        for _ in range(MOST_TRIES):
            attempt = ordering.attempt_to_pay(self.order_id, at=at, number=self.number)
            yield
            if attempt is None:
                return
            if attempt.state == AttemptState.UNANSWERED:
                yield from self._ask(attempt, at)
            if attempt.can_be_paid(at):
                self.url = attempt.url
                return
            if attempt.state != AttemptState.REFUSED:
                return

    def _ask(self, attempt: CheckoutAttempt, at: datetime) -> Iterator[None]:
        attempt_id, params, key = attempt.id, attempt.params, attempt.idempotency_key
        yield
        try:
            session = gateway.create_session(params, key=key)
        except gateway.GatewayRefused as error:
            ordering.refused(attempt_id, str(error), at=at)
        else:
            ordering.answered(attempt_id, session, at=at)
        yield


def present(order: EnrollmentOrder, session_id: str, *, at: datetime) -> None:
    """The buyer comes back from Stripe with a session in the address. Only a session of this very order is believed.

    Raises SwappedSession, GatewayDown.
    """
    owner = queries.attempt_by_session(session_id)
    if owner is not None and owner.order_id != order.id:
        raise settling.SwappedSession("This payment belongs to another order.")
    try:
        session = gateway.retrieve_session(session_id)
    except gateway.GatewayRefused as error:
        raise settling.SwappedSession("This payment belongs to another order.") from error
    settling.settle(order.id, session, at=at)


def cancel(order_id: int, *, actor: User, at: datetime) -> EnrollmentOrder:
    """End what could still be paid, then give the seat back; in this order, so that no money comes for nothing.

    Where the money has come meanwhile, it is settled instead. Raises GatewayDown.
    """
    for attempt in queries.attempts_of(order_id):
        if attempt.state in {AttemptState.UNANSWERED, AttemptState.OPEN}:
            _end(attempt, at=at)
    order = ordering.locked(order_id)
    ends = {AttemptState.EXPIRED, AttemptState.REFUSED}
    if order.state in {OrderState.DRAFT, OrderState.PENDING} and all(
        a.state in ends for a in queries.attempts_of(order_id)
    ):
        ordering.give_up(order_id, OrderState.CANCELLED, at=at, actor=actor)
    return order


def close_page(order_id: int, number: int, *, at: datetime) -> None:
    """End the page on which a part of an order can be paid, so that no money comes for what is not wanted any more.

    Where the money has come meanwhile, it is settled instead. Raises GatewayDown.
    """
    live = {AttemptState.UNANSWERED, AttemptState.OPEN}
    for attempt in queries.attempts_of(order_id):
        forgotten = attempt.state == AttemptState.EXPIRED and attempt.session_id and attempt.expires_at > at
        if attempt.due_number == number and (attempt.state in live or forgotten):
            _end(attempt, at=at)


def _end(attempt: CheckoutAttempt, *, at: datetime) -> None:
    """Close one attempt at Stripe; where it can't be closed any more, hear what became of it."""
    attempt_id, order_id, session_id = attempt.id, attempt.order_id, attempt.session_id
    try:
        session = None if session_id else gateway.create_session(attempt.params, key=attempt.idempotency_key)
    except gateway.GatewayRefused as error:
        ordering.refused(attempt_id, str(error), at=at)
        return
    try:
        gateway.expire_session(session["id"] if session else str(session_id))
    except gateway.GatewayRefused:
        reconciling.check(order_id, at=at)
        return
    if session:
        ordering.answered(attempt_id, session, at=at)
    ordering.locked(order_id)
    ordering.close_attempt(attempt, AttemptState.EXPIRED)
