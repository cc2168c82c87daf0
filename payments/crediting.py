"""Crediting: each refund that succeeded, and each invoice that was cancelled, has one credit note.

A refund that failed later has its note taken back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from flask import current_app
from sqlalchemy import select

from foundation.audit import record
from foundation.db import db
from foundation.money import Money
from payments import queries, taxing
from payments.models import CreditNote, CreditNoteCounter, EnrollmentOrder, Invoice, Refund, RefundState
from payments.numbering import next_serial, year_of
from payments.receipts import day_here

Json = dict[str, Any]


def follow(refund: Refund, *, at: datetime) -> None:
    """Bring the credit notes of a refund to where the refund is. Repeats change nothing; the order is locked."""
    known = _of(refund)
    if refund.state == RefundState.SUCCEEDED and not known:
        _for_refund(refund, refund.cents, None, at=at)
    if refund.state in {RefundState.FAILED, RefundState.CANCELED} and len(known) == 1:
        _for_refund(refund, -refund.cents, known[0], at=at)


def _of(refund: Refund) -> list[CreditNote]:
    return list(db.session.scalars(select(CreditNote).where(CreditNote.refund_id == refund.id).order_by(CreditNote.id)))


def _for_refund(refund: Refund, cents: int, of: CreditNote | None, *, at: datetime) -> CreditNote:
    facts = _frozen(refund.order) | {"refund": refund.stripe_id or "", "reverses": of.number if of else ""}
    facts |= {"tax_cents": taxing.of_refund(refund) * (1 if cents > 0 else -1)}
    known = {"refund_id": refund.id, "reverses_id": of.id if of else None}
    return _issue(refund.order, cents, facts, known, at=at)


def for_invoice(invoice: Invoice, *, at: datetime) -> CreditNote:
    """The note that says that an invoice is not asked for any more; the order is locked."""
    facts = _frozen(invoice.order) | {"refund": "", "reverses": "", "invoice": invoice.number}
    facts |= {"name": invoice.company, "to": invoice.billing_email, "tax_cents": invoice.tax_cents}
    return _issue(invoice.order, invoice.cents, facts, {"invoice_id": invoice.id}, at=at)


def _issue(order: EnrollmentOrder, cents: int, facts: Json, known: Json, *, at: datetime) -> CreditNote:
    year = year_of(at)
    serial = next_serial(CreditNoteCounter, year)
    note = CreditNote(
        order_id=order.id,
        year=year,
        serial=serial,
        number=f"CN-{year}-{serial:05d}",
        cents=cents,
        currency=order.currency,
        issued_at=at,
        facts=facts,
        **known,
    )
    db.session.add(note)
    db.session.flush()
    told = {"refund": note.refund_id} if note.refund_id else {"invoice": facts["invoice"]}
    record("credit_note.issued", subject=order, at=at, number=note.number, cents=cents, **told)
    return note


def _frozen(order: EnrollmentOrder) -> Json:
    """What the note says, as it was true on the day."""
    settings, cohort = current_app.config["SETTINGS"], order.cohort
    return {
        "school": settings.school_name,
        "address": settings.school_address,
        "email": settings.school_email,
        "name": order.user.name,
        "to": order.user.email,
        "program": cohort.program.title,
        "cohort": cohort.title,
        "code": cohort.code,
        "starts_on": cohort.starts_on.isoformat(),
        "ends_on": cohort.ends_on.isoformat(),
        "price_cents": order.amount_cents,
        "receipts": queries.receipt_numbers(order.id),
        "order": order.public_id,
    }


def document(note: CreditNote) -> Json:
    """The data of `templates/documents/credit_note.typ`: every figure written out."""
    facts = note.facts
    kept = ("school", "address", "email", "name", "to", "program", "cohort", "code", "order", "refund", "reverses")
    return {name: facts[name] for name in kept} | {
        "number": note.number,
        "issued": _day(day_here(note.issued_at)),
        "starts": _day(date.fromisoformat(facts["starts_on"])),
        "ends": _day(date.fromisoformat(facts["ends_on"])),
        "price": Money(facts["price_cents"], note.currency).shown(),
        "amount": note.amount.shown(),
        "tax": Money(tax, note.currency).shown() if (tax := facts.get("tax_cents", 0)) else "",
        **_words(facts),
    }


def _words(facts: Json) -> Json:
    """What the note is for, and what it does."""
    if invoice := facts.get("invoice"):
        why = "Nothing of this invoice is asked for any more."
        return {
            "about": f"Invoice {invoice}",
            "what": "An invoice that was cancelled",
            "sum": "Not asked for",
            "why": why,
        }
    if facts["reverses"]:
        why = "This note undoes the one it names; the school owes the sum again until it has found another way."
        what = "A refund that did not reach the bank"
        return {"about": facts["reverses"], "what": what, "sum": "Given back", "why": why}
    why = "The money goes back the way it was paid."
    receipts = f"Receipt {', '.join(facts['receipts'])}"
    return {"about": receipts, "what": "Refund of tuition", "sum": "Given back", "why": why}


def _day(value: date) -> str:
    return format_date(value, format="long", locale="en_US")
