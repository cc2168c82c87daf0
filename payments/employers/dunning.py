"""Dunning: an invoice is asked for again before its day and after it, each step once; then a person decides."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import or_, select

from enrollment.models import Cohort
from foundation.db import db
from foundation.escalating import escalate
from payments import ordering
from payments.employers import letters, recording
from payments.models import EnrollmentOrder, Invoice, InvoiceState
from payments.plans import arrears

STEPS = (-7, 1, 14, 28)
"""Days from the due day on which the employer is written to."""
GIVE_UP = 35
"""Days overdue after which a person decides: wait, or cancel."""


def to_look_at(on: date) -> list[int]:
    """Open invoices whose day is near or gone, or whose cohort was called off."""
    open_ones = Invoice.state.in_([InvoiceState.OPEN, InvoiceState.PART_PAID])
    near = Invoice.due_on <= on - timedelta(days=STEPS[0])
    query = select(Invoice.id).join(Invoice.order).join(EnrollmentOrder.cohort)
    query = query.where(open_ones, or_(near, Cohort.cancelled_at.is_not(None)))
    return list(db.session.scalars(query.order_by(Invoice.id)))


def look_at(invoice_id: int, *, at: datetime) -> None:
    """Write what is due to be written, the newest step only; follow what is overdue. Repeats change nothing."""
    invoice = db.session.get_one(Invoice, invoice_id)
    order = ordering.locked(invoice.order_id)
    db.session.refresh(invoice)
    today = at.astimezone(order.cohort.zone).date()
    late = (today - invoice.due_on).days
    if not invoice.is_open or _waits(order, today):
        return
    if order.cohort.cancelled_at is not None:
        _put_before_staff(order, invoice, f"{invoice.number} is open, and its cohort was called off. Cancel it.", at)
        return
    step = max((step for step in STEPS if step <= late and not (step < 0 < late)), default=None)
    if step is not None:
        rest = invoice.cents - recording.received(order.id)[0]
        letters.reminder(invoice, rest, days_late=step, at=at)
    if late > 0:
        letters.not_paid(invoice, at=at)
        arrears.follow(order, at=at)
    if late >= GIVE_UP:
        said = f"{invoice.company} has not paid {invoice.number} for {late} days. Wait on, or cancel it."
        _put_before_staff(order, invoice, said, at)


def _put_before_staff(order: EnrollmentOrder, invoice: Invoice, summary: str, at: datetime) -> None:
    escalate("invoice.overdue", subject=order, summary=summary, dedupe=f"invoice.overdue:{invoice.id}", at=at)


def _waits(order: EnrollmentOrder, today: date) -> bool:
    return order.patience_until is not None and order.patience_until >= today
