"""Accounting: each movement of money is one line, and each payment has one receipt, numbered without gaps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from foundation.db import db
from payments import asking, taxing, waiving
from payments.models import EnrollmentOrder, EntryKind, MoneyEntry, OrderDue, Payment, Receipt, ReceiptCounter
from payments.numbering import next_serial, year_of

Json = dict[str, Any]


def enter(
    order: EnrollmentOrder,
    kind: EntryKind,
    cents: int,
    stripe_id: str,
    *,
    when: datetime,
    at: datetime,
    tax: int = 0,
    **facts: Any,
) -> bool:
    """Write one line. `cents`, and the `tax` within them, are signed from the school's side.

    The same object of Stripe's is written once.
    """
    row = {
        "order_id": order.id,
        "kind": kind,
        "cents": cents,
        "currency": order.currency,
        "tax_cents": tax,
        "stripe_id": stripe_id,
        "at": when,
        "recorded_at": at,
        "facts": facts,
    }
    written = insert(MoneyEntry).values(**row).on_conflict_do_nothing(index_elements=["kind", "stripe_id"])
    return db.session.execute(written.returning(MoneyEntry.id)).scalar_one_or_none() is not None


def take_in(order: EnrollmentOrder, due: OrderDue, session: Json, *, at: datetime) -> bool:
    """The charge behind a paid session, and Stripe's fee on it; True where it is new. Free of charge: no line."""
    payment = session.get("payment_intent")
    charge = payment.get("latest_charge") if isinstance(payment, dict) else None
    if not isinstance(charge, dict):
        return False
    when = datetime.fromtimestamp(charge["created"], UTC)
    shown = charge.get("payment_method_details") or {}
    card = shown.get(shown.get("type", "")) or {}
    facts = {
        "session": session.get("id"),
        "method": shown.get("type"),
        "last4": card.get("last4"),
        "brand": card.get("brand"),
    }
    tax = taxing.total(taxing.of_session(session))
    known = {"due_number": due.number, "cents": charge["amount"], "charge_id": charge["id"], "paid_at": when}
    _keep(order, known | {"payment_intent_id": payment["id"] if payment else None, "facts": facts})
    new = enter(order, EntryKind.CHARGE, charge["amount"], charge["id"], when=when, at=at, tax=tax, **facts)
    booked = charge.get("balance_transaction")
    if isinstance(booked, dict) and booked.get("fee"):
        enter(order, EntryKind.FEE, -booked["fee"], booked["id"], when=when, at=at)
    return new


def _keep(order: EnrollmentOrder, known: Json) -> None:
    row = known | {"order_id": order.id, "currency": order.currency}
    db.session.execute(insert(Payment).values(**row).on_conflict_do_nothing())


def is_known(payment_intent_id: str) -> bool:
    """Whether a payment of Stripe's is in our books already."""
    query = select(Payment.id).where(Payment.payment_intent_id == payment_intent_id)
    return db.session.scalar(query) is not None


def issue_receipt(order: EnrollmentOrder, due: OrderDue, session: Json, *, at: datetime) -> Receipt:
    """The receipt for one part of an order; made with the next number of the year in the school's own zone."""
    known = db.session.scalar(select(Receipt).where(Receipt.order_id == order.id, Receipt.due_number == due.number))
    if known is not None:
        return known
    year = year_of(at)
    serial = _next_serial(year)
    receipt = Receipt(
        order_id=order.id,
        due_number=due.number,
        year=year,
        serial=serial,
        number=f"{year}-{serial:05d}",
        issued_at=at,
        facts=_frozen(order, due, session, at),
    )
    db.session.add(receipt)
    db.session.flush()
    return receipt


def _next_serial(year: int) -> int:
    return next_serial(ReceiptCounter, year)


def _frozen(order: EnrollmentOrder, due: OrderDue, session: Json, at: datetime) -> Json:
    """What the receipt says, as it was true on the day; a later change of name or price does not touch it."""
    settings, cohort = current_app.config["SETTINGS"], order.cohort
    total = session.get("amount_total")
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
        "cents": order.list_cents,
        "total_cents": order.amount_cents,
        "part": asking.part(order, due).removeprefix(", "),
        "let_go": [[waiving.words_of(due), due.waived_cents]] if due.waived_cents else [],
        "taxes": taxing.of_session(session),
        "paid_cents": total if total is not None else due.cents,
        "currency": order.currency,
        "paid_at": (due.settled_at or at).isoformat(),
        "method": _method(session),
        "order": order.public_id,
        "agreement": order.agreement_version,
    }


def _method(session: Json) -> str:
    """How it was paid, in words: `Visa ending in 4242`."""
    if "method" in session:
        return str(session["method"])
    payment = session.get("payment_intent")
    charge = payment.get("latest_charge") if isinstance(payment, dict) else None
    shown = (charge or {}).get("payment_method_details") or {} if isinstance(charge, dict) else {}
    kind = str(shown.get("type") or "")
    details = shown.get(kind) or {}
    name = str(details.get("brand") or details.get("bank_name") or kind.replace("_", " ")).capitalize()
    last4 = details.get("last4")
    return f"{name} ending in {last4}" if last4 else name or "No payment was needed"
