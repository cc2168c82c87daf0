"""The letters about an invoice: to the employer's accounts, and to the trainee whom it is for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from foundation.filters import shown_date
from foundation.money import Money
from mail.models import Letter
from mail.promising import promise_letter
from payments import accepting
from payments.models import Invoice


def ordered(invoice: Invoice, *, at: datetime) -> Letter:
    """To the trainee: the invoice is on its way to the employer, and this is what was agreed to."""
    order = invoice.order
    facts = {"agreed": accepting.as_mailed(order), "is_let_in": invoice.is_let_in}
    return _promise("order.invoiced", invoice, order.user.email, at, "ordered", **facts)


def sent(invoice: Invoice, *, at: datetime, again: bool = False) -> Letter:
    """To the employer: the invoice. `again`: staff send it once more."""
    mark = f"sent:{at.timestamp():.0f}" if again else "sent"
    return _promise("invoice.sent", invoice, invoice.billing_email, at, mark)


def reminder(invoice: Invoice, rest: int, *, days_late: int, at: datetime) -> Letter:
    """Before its day, and after it; each step once."""
    facts = {"rest": Money(rest, invoice.currency).shown(), "is_late": days_late > 0}
    return _promise("invoice.reminder", invoice, invoice.billing_email, at, f"reminder:{days_late}", **facts)


def not_paid(invoice: Invoice, *, at: datetime) -> Letter:
    """To the trainee: the day has gone by, and what that means for the seat."""
    return _promise(
        "order.invoice_late",
        invoice,
        invoice.order.user.email,
        at,
        "late",
        is_let_in=invoice.order.enrollment_id is not None,
    )


def received(invoice: Invoice, cents: int, rest: int, *, number: int, at: datetime) -> Letter:
    """To the employer: so much has come, and so much is still open; or it is all there."""
    facts = {
        "came": Money(cents, invoice.currency).shown(),
        "rest": Money(rest, invoice.currency).shown() if rest > 0 else "",
        "too_much": Money(-rest, invoice.currency).shown() if rest < 0 else "",
    }
    return _promise("invoice.received", invoice, invoice.billing_email, at, f"received:{number}", **facts)


def cancelled(invoice: Invoice, credit: str, *, at: datetime, again: bool = False) -> Letter:
    """To both: nobody is asked for it any more. `again`: staff send it to the employer once more."""
    if again:
        mark = f"cancelled:{at.timestamp():.0f}"
        return _promise("invoice.cancelled", invoice, invoice.billing_email, at, mark, credit=credit)
    _promise("invoice.cancelled", invoice, invoice.order.user.email, at, "cancelled:trainee", credit=credit)
    return _promise("invoice.cancelled", invoice, invoice.billing_email, at, "cancelled", credit=credit)


def _promise(kind: str, invoice: Invoice, to: str, at: datetime, mark: str, **facts: Any) -> Letter:
    order = invoice.order
    known = {
        "name": order.user.first_name,
        "trainee": order.user.name,
        "company": invoice.company,
        "number": invoice.number,
        "purchase_order": invoice.purchase_order,
        "program": order.cohort.program.title,
        "cohort": order.cohort.title,
        "starts_on": shown_date(order.cohort.starts_on),
        "amount": invoice.amount.shown(),
        "due_on": shown_date(invoice.due_on),
        "bank": invoice.facts["bank"],
        "order": order.public_id,
        "invoice": invoice.public_id,
    }
    dedupe = f"invoice:{invoice.id}:{mark}"
    return promise_letter(kind, to=to, facts=known | facts, dedupe=dedupe, at=at, user_id=order.user_id)
