"""Crediting: each refund that succeeded has one credit note, and one that failed later has it taken back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from flask import current_app
from sqlalchemy import select

from foundation.audit import record
from foundation.db import db
from foundation.money import Money
from payments import queries
from payments.models import CreditNote, CreditNoteCounter, Refund, RefundState
from payments.numbering import next_serial, year_of
from payments.receipts import day_here

Json = dict[str, Any]


def follow(refund: Refund, *, at: datetime) -> None:
    """Bring the credit notes of a refund to where the refund is. Repeats change nothing; the order is locked."""
    known = _of(refund)
    if refund.state == RefundState.SUCCEEDED and not known:
        _issue(refund, refund.cents, None, at=at)
    if refund.state in {RefundState.FAILED, RefundState.CANCELED} and len(known) == 1:
        _issue(refund, -refund.cents, known[0], at=at)


def _of(refund: Refund) -> list[CreditNote]:
    return list(db.session.scalars(select(CreditNote).where(CreditNote.refund_id == refund.id).order_by(CreditNote.id)))


def _issue(refund: Refund, cents: int, of: CreditNote | None, *, at: datetime) -> CreditNote:
    year = year_of(at)
    serial = next_serial(CreditNoteCounter, year)
    note = CreditNote(
        order_id=refund.order_id,
        refund_id=refund.id,
        reverses_id=of.id if of else None,
        year=year,
        serial=serial,
        number=f"CN-{year}-{serial:05d}",
        cents=cents,
        currency=refund.currency,
        issued_at=at,
        facts=_frozen(refund) | {"reverses": of.number if of else ""},
    )
    db.session.add(note)
    db.session.flush()
    record("credit_note.issued", subject=refund.order, at=at, number=note.number, cents=cents, refund=refund.id)
    return note


def _frozen(refund: Refund) -> Json:
    """What the note says, as it was true on the day."""
    settings, order = current_app.config["SETTINGS"], refund.order
    cohort = order.cohort
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
        "refund": refund.stripe_id or "",
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
        "receipts": ", ".join(facts["receipts"]),
        "amount": note.amount.shown(),
    }


def _day(value: date) -> str:
    return format_date(value, format="long", locale="en_US")
