"""Issuing: an employer is asked for an order by an invoice, numbered without gaps and frozen as it was sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from babel.dates import format_date
from flask import current_app

from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from foundation.money import Money
from payments import taxing
from payments.employers import places
from payments.models import EnrollmentOrder, Invoice, InvoiceCounter
from payments.numbering import next_serial, year_of
from payments.receipts import day_here

Json = dict[str, Any]
AN_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class Bill:
    """Who pays, as the buyer typed it; and the tax that Stripe worked out of it for a price of `assessed_cents`."""

    company: str = ""
    address: str = ""
    tax_number: str = ""
    purchase_order: str = ""
    email: str = ""
    country: str = ""
    postal_code: str = ""
    state: str = ""
    taxes: tuple[Json, ...] = ()
    assessed_cents: int | None = None


def check(bill: Bill | None) -> Bill:
    """Raises Refused beside the field that an invoice can't do without."""
    if bill is None or not bill.company:
        raise Refused("Who pays? An invoice needs the company's name.", "company")
    if not bill.address:
        raise Refused("An invoice needs the company's postal address.", "address")
    if not AN_ADDRESS.fullmatch(bill.email):
        raise Refused("Where does the invoice go? Write the e-mail address of their accounts.", "billing_email")
    return bill


def issue(order: EnrollmentOrder, bill: Bill, due_on: date, *, lets_in: bool, at: datetime) -> Invoice:
    """The invoice of an order. The number's row stays locked until the transaction ends, so that none is lost."""
    if bill.assessed_cents not in {None, order.amount_cents}:
        raise Refused("The price has changed meanwhile. Look at it once more.", "plan")
    taxing.note(order.dues[0], list(bill.taxes))
    year = year_of(at)
    serial = next_serial(InvoiceCounter, year)
    invoice = Invoice(
        order_id=order.id,
        year=year,
        serial=serial,
        number=f"INV-{year}-{serial:05d}",
        company=bill.company,
        address=bill.address,
        tax_number=bill.tax_number,
        purchase_order=bill.purchase_order,
        billing_email=bill.email,
        cents=order.dues[0].with_tax.cents,
        tax_cents=order.dues[0].tax_cents,
        currency=order.currency,
        issued_at=at,
        due_on=due_on,
        is_let_in=lets_in,
        facts=_frozen(order, bill),
    )
    db.session.add(invoice)
    db.session.flush()
    record("invoice.issued", subject=order, actor=order.user, at=at, number=invoice.number, cents=invoice.cents)
    return invoice


def held_until(order: EnrollmentOrder, due_on: date) -> datetime:
    """The seat is held until the end of the day on which the invoice falls due, in the cohort's zone."""
    return datetime.combine(due_on + timedelta(days=1), time(), order.cohort.zone)


def _frozen(order: EnrollmentOrder, bill: Bill) -> Json:
    settings, cohort = current_app.config["SETTINGS"], order.cohort
    return {
        "school": settings.school_name,
        "school_address": settings.school_address,
        "school_tax_number": settings.school_tax_number,
        "email": settings.school_email,
        "bank": [line.strip() for line in settings.bank_details.split("|") if line.strip()],
        "name": order.user.name,
        "program": cohort.program.title,
        "cohort": cohort.title,
        "code": cohort.code,
        "starts_on": cohort.starts_on.isoformat(),
        "ends_on": cohort.ends_on.isoformat(),
        "list_cents": order.list_cents,
        "order": order.public_id,
        "place": [part for part in (f"{bill.postal_code} {bill.state}".strip(), places.country(bill.country)) if part],
        "taxes": list(bill.taxes),
    }


def document(invoice: Invoice) -> Json:
    """The data of `templates/documents/invoice.typ`: every figure written out."""
    facts = invoice.facts
    price = Money(facts["list_cents"], invoice.currency)
    taxes, asked = facts.get("taxes", []), invoice.amount.cents
    less = price - Money(asked - taxing.added(taxes), invoice.currency)
    kept = ("school", "school_address", "school_tax_number", "email", "bank", "name", "program", "cohort", "code")
    return {name: facts[name] for name in kept} | {
        "number": invoice.number,
        "issued": _day(day_here(invoice.issued_at)),
        "due": _day(invoice.due_on),
        "company": invoice.company,
        "address": [*invoice.address.splitlines(), *facts.get("place", [])],
        "tax_number": invoice.tax_number,
        "purchase_order": invoice.purchase_order,
        "starts": _day(date.fromisoformat(facts["starts_on"])),
        "ends": _day(date.fromisoformat(facts["ends_on"])),
        "price": price.shown(),
        "discount": f"-{less.shown()}" if less.cents > 0 else "",
        "taxes": [list(row) for row in sums(invoice)],
        "total": invoice.amount.shown(),
        "order": facts["order"],
        "cancelled": f"Cancelled on {_day(day_here(invoice.cancelled_at))}" if invoice.cancelled_at else "",
    }


def sums(invoice: Invoice) -> list[tuple[str, str]]:
    """The sum without tax, and each tax with its rate and its place; nothing where none was worked out."""
    taxes = invoice.facts.get("taxes", [])
    told = [(taxing.named(line), Money(line["cents"], invoice.currency).shown()) for line in taxes]
    return [("Without tax", invoice.net.shown()), *told] if told else []


def _day(value: date) -> str:
    return format_date(value, format="long", locale="en_US")
