"""The letters that follow money, each promised once in the transaction of what it tells about."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from sqlalchemy import select

from enrollment.models import Enrollment, EnrollmentState
from foundation.db import db
from mail.models import Letter
from mail.promising import promise_letter
from payments import accepting, asking, owing, queries
from payments.employers import letters as employers
from payments.models import CreditNote, EnrollmentChange, EnrollmentOrder, OrderDue, OrderState, Refund
from payments.models.orders import MONEY_IS_HERE


def paid(order: EnrollmentOrder, *, at: datetime, again: bool = False) -> Letter:
    """The receipt. `again`: staff send it once more, as another letter."""
    receipt = queries.receipt_of(order.id)
    rest = [[due.amount.shown(), _day(due.due_on)] for due in owing.dues_of(order.id)[1:] if due.is_open]
    facts = {"receipt": receipt.number if receipt else "", "rest": rest, "agreed": accepting.as_mailed(order)}
    return _promise("order.paid", order, at, f"order.paid:{order.id}{_mark(again, at)}", **facts)


def welcome(order: EnrollmentOrder, *, at: datetime) -> Letter:
    return _promise("enrollment.welcome", order, at, f"enrollment.welcome:{order.enrollment_id}:{order.id}")


def paid_no_seat(order: EnrollmentOrder, *, at: datetime) -> Letter:
    return _promise("order.paid_no_seat", order, at, f"order.paid_no_seat:{order.id}")


def paid_twice(order: EnrollmentOrder, *, at: datetime) -> Letter:
    """They have a seat already, from another order."""
    return _promise("order.paid_twice", order, at, f"order.paid_twice:{order.id}")


def payment_under_way(order: EnrollmentOrder, *, at: datetime) -> Letter:
    return _promise("order.processing", order, at, f"order.processing:{order.id}")


def payment_failed(order: EnrollmentOrder, *, at: datetime, due: OrderDue | None = None) -> Letter:
    """The bank said no; for a later part the seat stays, and the letter says so."""
    if due is not None:
        tried = {"next_try": "", "invoice": ""}
        return _part("due.failed", order, due, at, f"due.failed:{due.id}:{at.timestamp():.0f}", **tried)
    return _promise("order.failed", order, at, f"order.failed:{order.id}")


def part_paid(order: EnrollmentOrder, due: OrderDue, *, at: datetime, again: bool = False) -> Letter:
    """The receipt for a later part, and what is still to come."""
    receipt = queries.receipt_of(order.id, due.number)
    number = receipt.number if receipt else ""
    return _part("due.paid", order, due, at, f"due.paid:{due.id}{_mark(again, at)}", receipt=number)


def again(order: EnrollmentOrder, number: str, *, at: datetime) -> Letter | None:
    """The letter with a receipt or a credit note once more; None where there is no such paper."""
    if number.startswith("CN-"):
        notes = (note for note in queries.credit_notes_of(order.id) if note.number == number and not note.is_reversal)
        note = next(notes, None)
        return _credit_again(order, note, at) if note else None
    receipts = order.receipts
    found = next((one for one in receipts if one.number == number), None) if number else next(iter(receipts), None)
    if found is None:
        return None
    if found.due_number == 1:
        return paid(order, at=at, again=True)
    return part_paid(order, owing.due_of(order.id, found.due_number), at=at, again=True)


def _credit_again(order: EnrollmentOrder, note: CreditNote, at: datetime) -> Letter:
    if note.refund is not None:
        return refunded(order, note.refund, full=order.state == OrderState.REFUNDED, at=at, again=True)
    assert order.invoice is not None
    return employers.cancelled(order.invoice, note.number, at=at, again=True)


def _mark(again: bool, at: datetime) -> str:
    """Sent once more, it is another letter."""
    return f":{at.timestamp():.0f}" if again else ""


def part_failed(order: EnrollmentOrder, due: OrderDue, *, next_try: date | None, at: datetime) -> Letter:
    """One letter for each try of Stripe's that brought nothing."""
    tried = {"next_try": _day(next_try) if next_try else "", "invoice": due.invoice_url or ""}
    return _part("due.failed", order, due, at, f"due.failed:{due.id}:{due.tries}", **tried)


def part_needs_word(order: EnrollmentOrder, due: OrderDue, *, at: datetime) -> Letter:
    """The bank wants the buyer to confirm an instalment."""
    return _part("due.confirm", order, due, at, f"due.confirm:{due.id}:{due.tries}", invoice=due.invoice_url or "")


def part_soon(order: EnrollmentOrder, due: OrderDue, *, at: datetime) -> Letter:
    return _part("due.soon", order, due, at, f"due.soon:{due.id}")


def part_missed(order: EnrollmentOrder, due: OrderDue, *, at: datetime) -> Letter:
    return _part("due.missed", order, due, at, f"due.missed:{due.id}")


def access_read_only(order: EnrollmentOrder, since: date, *, closed_on: date, at: datetime) -> Letter:
    dedupe = f"access.read_only:{order.id}:{since}"
    return _promise("access.read_only", order, at, dedupe, since=_day(since), closed_on=_day(closed_on))


def access_closed(order: EnrollmentOrder, since: date, *, at: datetime) -> Letter:
    return _promise("access.closed", order, at, f"access.closed:{order.id}:{since}", since=_day(since))


def access_restored(order: EnrollmentOrder, *, at: datetime) -> Letter:
    return _promise("access.restored", order, at, f"access.restored:{order.id}:{at.timestamp():.0f}")


def _part(kind: str, order: EnrollmentOrder, due: OrderDue, at: datetime, dedupe: str, **facts: Any) -> Letter:
    """A letter about one part: what it is, which day it was due, and the next part after it."""
    dues = owing.dues_of(order.id)
    rest = [other for other in dues if other.is_open and other.number > due.number]
    told = {
        "part": asking.part(order, due).removeprefix(", "),
        "part_amount": due.with_tax.shown(),
        "due_on": _day(due.due_on),
        "next_amount": rest[0].amount.shown() if rest else "",
        "next_on": _day(rest[0].due_on) if rest else "",
    }
    return _promise(kind, order, at, dedupe, **told | facts)


def dispute_lost(order: EnrollmentOrder, *, at: datetime) -> Letter:
    return _promise("order.lost", order, at, f"order.lost:{order.id}")


def refunded(order: EnrollmentOrder, refund: Refund, *, full: bool, at: datetime, again: bool = False) -> Letter:
    note = next((n.number for n in queries.credit_notes_of(order.id) if n.refund_id == refund.id), "")
    has_left = order.enrollment is not None and order.enrollment.state == EnrollmentState.WITHDRAWN
    facts = {"refund": refund.amount.shown(), "is_full": full, "has_left": has_left, "credit": note}
    return _promise("order.refunded", order, at, f"order.refunded:{refund.id}{_mark(again, at)}", **facts)


def refund_failed(order: EnrollmentOrder, refund: Refund, *, at: datetime) -> Letter:
    return _promise("order.refund_failed", order, at, f"order.refund_failed:{refund.id}", refund=refund.amount.shown())


def left(order: EnrollmentOrder, change: EnrollmentChange, *, at: datetime) -> Letter:
    """They have stopped: what comes back, and what stays."""
    back = change.back.shown() if change.back_cents else ""
    return _promise("enrollment.left", order, at, f"enrollment.left:{change.id}", back=back)


def moved(order: EnrollmentOrder, change: EnrollmentChange, *, at: datetime) -> Letter:
    was, ends = change.from_cohort.title, _day(order.cohort.ends_on)
    return _promise("enrollment.moved", order, at, f"enrollment.moved:{change.id}", was=was, ends_on=ends)


def deferred(order: EnrollmentOrder, change: EnrollmentChange, *, back_by: date, at: datetime) -> Letter:
    return _promise("enrollment.deferred", order, at, f"enrollment.deferred:{change.id}", back_by=_day(back_by))


def plan_goes_on(order: EnrollmentOrder, number: int, *, at: datetime) -> Letter:
    """Instalments that rested are charged again: what is still to come, and when."""
    rest = [[due.amount.shown(), _day(due.due_on)] for due in owing.dues_of(order.id) if due.is_open and not due.is_fee]
    return _promise("plan.goes_on", order, at, f"plan.goes_on:{order.id}:{number}", rest=rest)


def change_declined(order: EnrollmentOrder, change: EnrollmentChange, *, at: datetime) -> Letter:
    return _promise("change.declined", order, at, f"change.declined:{change.id}", answer=change.answer)


def cohort_called_off(enrollment: Enrollment, order: EnrollmentOrder | None, reason: str, *, at: datetime) -> Letter:
    """Their cohort does not take place; by their order, where there is one, they choose what now."""
    cohort, user = enrollment.cohort, enrollment.user
    facts = {
        "name": user.first_name,
        "program": cohort.program.title,
        "cohort": cohort.title,
        "starts_on": _day(cohort.starts_on),
        "reason": reason,
        "order": order.public_id if order else "",
        "owes": order is not None and owing.outstanding(order.id) > 0,
    }
    mark = f"cohort.called_off:{enrollment.id}:{cohort.id}"
    return promise_letter("cohort.called_off", to=user.email, facts=facts, dedupe=mark, at=at, user_id=user.id)


def cohort_reminded(
    enrollment: Enrollment, order: EnrollmentOrder | None, which: int, *, at: datetime, is_last: bool
) -> Letter:
    """They have not chosen for `which` days; the last letter says that the school will ask them in person."""
    cohort, user = enrollment.cohort, enrollment.user
    facts = {
        "name": user.first_name,
        "program": cohort.program.title,
        "cohort": cohort.title,
        "order": order.public_id if order and order.state in MONEY_IS_HERE else "",
        "owes": order is not None and owing.outstanding(order.id) > 0,
        "is_last": is_last,
    }
    mark = f"cohort.reminded:{enrollment.id}:{cohort.id}:{which}"
    return promise_letter("cohort.reminded", to=user.email, facts=facts, dedupe=mark, at=at, user_id=user.id)


def about(order: EnrollmentOrder) -> list[Letter]:
    """Every letter about an order, oldest first."""
    query = select(Letter).where(Letter.user_id == order.user_id, Letter.facts["order"].astext == order.public_id)
    return list(db.session.scalars(query.order_by(Letter.id)))


def _promise(kind: str, order: EnrollmentOrder, at: datetime, dedupe: str, **facts: Any) -> Letter:
    cohort = order.cohort
    known = {
        "name": order.user.first_name,
        "program": cohort.program.title,
        "cohort": cohort.title,
        "code": cohort.code,
        "starts_on": _day(cohort.starts_on),
        "amount": owing.dues_of(order.id)[0].with_tax.shown(),
        "order": order.public_id,
    }
    return promise_letter(kind, to=order.user.email, facts=known | facts, dedupe=dedupe, at=at, user_id=order.user_id)


def _day(day: date) -> str:
    return format_date(day, format="long", locale="en_US")
