"""Showing: an order in words a buyer understands, true at the moment the page is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from enrollment.models import EnrollmentState, Seat, SeatState
from foundation.filters import shown_date, shown_datetime, shown_time
from mail.models import Letter, LetterState
from payments import asking, taxing
from payments.models import DueState, EnrollmentOrder, OrderDue, OrderState, PlanKind, Receipt
from payments.models.orders import WAITING

S = OrderState
WORDS: dict[OrderState, tuple[str, str]] = {
    S.DRAFT: ("Waiting for payment", "wait"),
    S.PENDING: ("Waiting for payment", "wait"),
    S.PROCESSING: ("Payment on its way", "wait"),
    S.INVOICED: ("Invoice open", "wait"),
    S.PAID: ("Paid", "good"),
    S.PAID_NO_SEAT: ("Paid, no seat", "bad"),
    S.PART_REFUNDED: ("Partly refunded", "note"),
    S.REFUNDED: ("Refunded", "quiet"),
    S.DISPUTED: ("Disputed", "bad"),
    S.LOST: ("Dispute lost", "bad"),
    S.EXPIRED: ("Not paid in time", "quiet"),
    S.FAILED: ("Payment failed", "bad"),
    S.CANCELLED: ("Cancelled", "quiet"),
    S.REVIEW: ("Being checked", "bad"),
}
TEXTS: dict[OrderState, tuple[str, str]] = {
    S.DRAFT: (
        "Your seat is held",
        "The payment page could not be opened just now. Nothing was charged and nothing is lost: try again.",
    ),
    S.PENDING: ("Your seat is held", "It is yours as soon as the payment has arrived."),
    S.PROCESSING: (
        "Your payment is on its way",
        "Your bank takes a few days. Your seat is held until we know; we write to you either way.",
    ),
    S.INVOICED: ("Your employer has the invoice", "It stands below: how it is paid, and until when."),
    S.PAID: ("You are in", "Your payment has arrived and your seat is taken, by name."),
    S.PAID_NO_SEAT: (
        "Paid, but the cohort is full",
        "Your payment came after the last seat had gone. Somebody at the school has been told and writes to you: "
        "another seat, another cohort, or all of your money back, as you wish.",
    ),
    S.PART_REFUNDED: ("You are in", "A part of what you paid has gone back to you."),
    S.REFUNDED: (
        "Your money is on its way back",
        "The whole price goes back the way it came; the seat is free again.",
    ),
    S.DISPUTED: ("This payment is disputed", "Your bank has asked about it. We are looking into it."),
    S.LOST: ("This payment was taken back", "Your bank has returned the money to you."),
    S.EXPIRED: ("The time to pay has run out", "Nothing was charged. Your seat has been offered to others again."),
    S.FAILED: ("The payment did not go through", "Nothing was kept. You can try again with another way to pay."),
    S.CANCELLED: ("This order is cancelled", "Nothing was charged, and nothing can be charged for it any more."),
    S.REVIEW: (
        "We are checking your payment",
        "Something about it does not fit your order. Somebody at the school is looking at it and writes to you.",
    ),
}
STUCK = {LetterState.FAILED, LetterState.DEAD, LetterState.SUPPRESSED}
TWICE = (
    "Paid a second time",
    "You are in this cohort already, by another order. Somebody at the school has been told and sends this money back.",
)
ENDED = {
    EnrollmentState.WITHDRAWN: (
        "You have left this course",
        "Your seat is free again. What you made and the hours you earned stay in your account.",
    ),
    EnrollmentState.PAUSED: ("You are taking a break", "Your place is kept; choose a cohort when you come back."),
}
CALLED_OFF = (
    "This cohort does not take place",
    "The school called it off. Choose another cohort, without a fee, or all of your money back. "
    "Until then nothing is charged.",
)
AGAIN = {S.EXPIRED, S.FAILED, S.CANCELLED}


@dataclass(frozen=True, slots=True)
class Story:
    """What the page of an order says."""

    headline: str
    lede: str
    tone: str
    steps: list[dict[str, Any]]
    can_pay: bool
    can_cancel: bool
    can_try_again: bool
    held_until: datetime | None
    changes: bool
    mark: str
    """Changes whenever the page would; the page asks for itself again while `changes`."""


def story(order: EnrollmentOrder, seat: Seat | None, letters: list[Letter], *, at: datetime) -> Story:
    headline, lede = TEXTS[order.state]
    if order.state == S.PAID_NO_SEAT and any(letter.kind == "order.paid_twice" for letter in letters):
        headline, lede = TWICE
    if order.state in {S.PAID, S.PART_REFUNDED, S.INVOICED} and order.enrollment is not None:
        as_it_is = CALLED_OFF if order.cohort.cancelled_at else (headline, lede)
        headline, lede = ENDED.get(order.enrollment.state, as_it_is)
    attempt = max(order.attempts, key=lambda a: a.number, default=None)
    until = attempt.expires_at if attempt and order.state in {S.DRAFT, S.PENDING} else None
    over = until is not None and until <= at
    if over:
        headline, lede = TEXTS[S.EXPIRED]
    return Story(
        headline=headline,
        lede=lede,
        tone=WORDS[order.state][1],
        steps=[_payment(order, over), _seat(order, seat, over), _mail(order, letters)],
        can_pay=until is not None and not over,
        can_cancel=until is not None and not over,
        can_try_again=over or order.state in AGAIN,
        held_until=None if over else until,
        changes=order.state in WAITING or any(_moves(letter) for letter in letters),
        mark=f"{order.state}-{'-'.join(letter.state for letter in letters)}-{over}",
    )


def standing(order: EnrollmentOrder) -> tuple[str, str]:
    """The word for an order and its tone: one that is paid in parts is not yet paid while a part is open."""
    asked = [due for due in order.dues if not due.is_fee and due.state in {DueState.OPEN, DueState.PAID}]
    paid = sum(due.state == DueState.PAID for due in asked)
    if order.state == S.PAID and paid < len(asked):
        return f"{paid} of {len(asked)} parts paid", "note"
    return WORDS[order.state]


PARTS = {
    DueState.OPEN: ("Open", "wait"),
    DueState.PAID: ("Paid", "good"),
    DueState.WAIVED: ("Waived", "note"),
    DueState.VOID: ("Not asked for", "quiet"),
}


def parts(order: EnrollmentOrder) -> list[dict[str, Any]]:
    """The parts of a price with their days and states; none where all of it is paid at once."""
    if len(order.dues) < 2:
        return []
    receipts = {receipt.due_number: receipt for receipt in order.receipts}
    return [_part(order, due, receipts.get(due.number)) for due in order.dues]


def _part(order: EnrollmentOrder, due: OrderDue, receipt: Receipt | None) -> dict[str, Any]:
    words, tone = PARTS[due.state]
    if due.is_open and order.cohort.cancelled_at and order.enrollment is not None:
        words, tone = "Rests", "quiet"
    elif due.is_open and due.failed_at:
        words, tone = "Did not go through", "bad"
    name = asking.part(order, due).removeprefix(", ").capitalize() if due.number > 1 else _first(order)
    if expected := taxing.expected(order, due):
        words = f"{words}; {expected} of tax come on top, as with the first"
    pay_at = due.invoice_url if due.is_open and due.failed_at else None
    return {"name": name, "due": due, "words": words, "tone": tone, "receipt": receipt, "pay_at": pay_at}


def _first(order: EnrollmentOrder) -> str:
    if order.plan_kind == PlanKind.INSTALMENTS:
        return f"Instalment 1 of {order.parts}"
    return "Deposit" if order.plan_kind == PlanKind.DEPOSIT else "The whole price"


def _payment(order: EnrollmentOrder, over: bool) -> dict[str, Any]:
    words, _ = WORDS[order.state]
    if order.state in WAITING and not over:
        return {"label": words, "state": "now", "when": None}
    if order.state == S.INVOICED:
        return {"label": words, "state": "now", "when": f"until {shown_date(order.dues[0].due_on)}"}
    if order.paid_at:
        return {"label": words, "state": "done", "when": shown_datetime(order.paid_at)}
    return {"label": WORDS[S.EXPIRED][0] if over else words, "state": "stopped", "when": None}


def _seat(order: EnrollmentOrder, seat: Seat | None, over: bool) -> dict[str, Any]:
    if seat is None or over:
        gone = order.state not in {S.DRAFT, S.PENDING, S.PROCESSING, S.REVIEW} or over
        return {"label": "No seat held", "state": "stopped" if gone else "todo", "when": None}
    if seat.state == SeatState.TAKEN:
        return {"label": "Seat taken", "state": "done", "when": order.cohort.title}
    if order.state == S.INVOICED and seat.held_until:
        return {"label": "Seat held", "state": "now", "when": f"until {shown_date(order.dues[0].due_on)}"}
    when = f"until {shown_time(seat.held_until - timedelta(minutes=2))}" if seat.held_until else "until we know"
    return {"label": "Seat held", "state": "now" if order.state in WAITING else "todo", "when": when}


def _mail(order: EnrollmentOrder, letters: list[Letter]) -> dict[str, Any]:
    """The newest letters decide: sent only when all of them are."""
    if not letters:
        return {"label": "Receipt by mail", "state": "todo", "when": None}
    if any(letter.state in STUCK for letter in letters):
        return {"label": "Mail did not arrive", "state": "stopped", "when": f"to {order.user.email}"}
    if any(_moves(letter) for letter in letters):
        return {"label": "Mail on its way", "state": "now", "when": f"to {order.user.email}"}
    return {"label": "Mail sent", "state": "done", "when": f"to {order.user.email}"}


def _moves(letter: Letter) -> bool:
    return letter.state in {LetterState.QUEUED, LetterState.SENDING}
