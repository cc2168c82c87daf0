"""Taxing: what Stripe Tax worked out for a payment, kept line by line, and how much of it a refund takes back.

The program never works out a tax itself: it reads what Stripe says (https://docs.stripe.com/tax/checkout).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from foundation.db import db
from foundation.money import Money
from payments.models import EnrollmentOrder, EntryKind, Invoice, MoneyEntry, OrderDue, Payment, PlanKind, Refund
from payments.models.ledger import MONEY_IN

Json = dict[str, Any]
BACK = (EntryKind.REFUND, EntryKind.REFUND_FAILED)


def of_session(session: Json) -> list[Json]:
    """The tax lines of a paid Checkout Session: name, percent, cents, and whether the price held it already."""
    if "taxes" in session:
        return list(session["taxes"])
    details = session.get("total_details") or {}
    lines = [_line(one) for one in (details.get("breakdown") or {}).get("taxes") or []]
    told = details.get("amount_tax") or 0
    if told != sum(line["cents"] for line in lines):
        return [{"name": "Tax", "percent": "", "cents": told, "is_included": _is_included(session, details)}]
    return [line for line in lines if line["cents"]]


def _line(one: Json) -> Json:
    rate = one["rate"]
    percent = f"{float(rate['percentage']):g}"
    return {
        "name": rate["display_name"],
        "percent": percent,
        "cents": one["amount"],
        "is_included": bool(rate["inclusive"]),
    }


def _is_included(session: Json, details: Json) -> bool:
    before = (session.get("amount_subtotal") or 0) - (details.get("amount_discount") or 0)
    return session.get("amount_total") == before


def of_invoice(invoice: Json) -> list[Json]:
    """The same of an instalment's invoice; it names the rate by its id alone."""
    return [
        {"name": "Tax", "percent": "", "cents": one["amount"], "is_included": one["tax_behavior"] == "inclusive"}
        for one in invoice.get("total_taxes") or []
        if one["amount"]
    ]


def total(lines: list[Json]) -> int:
    return sum(line["cents"] for line in lines)


def added(lines: list[Json]) -> int:
    """What came on top of the price."""
    return sum(line["cents"] for line in lines if not line["is_included"])


def note(due: OrderDue, lines: list[Json]) -> None:
    """A part was paid with this tax: all of it, and what came on top of the price."""
    due.tax_cents, due.added_cents = total(lines), added(lines)


def shown(lines: list[Json], currency: str) -> list[list[str]]:
    """Each line as a paper has it: `VAT 20 %` and the sum."""
    return [[_words(line), Money(line["cents"], currency).shown()] for line in lines]


def named(line: Json) -> str:
    """A tax with its rate and whose it is, as an invoice to a company has it: `VAT 20 %, Ireland`."""
    rate = "reverse charge: to be accounted for by you" if line.get("is_reversed") else f"{line['percent']} %"
    return ", ".join(part for part in (f"{line['name']} {rate}", line.get("where", "")) if part)


def of_transfer(invoice: Invoice, came: int, cents: int) -> tuple[int, int]:
    """How much tax lies in a transfer, after `came` cents of the same invoice; and how much of it nobody asked for."""
    pays = max(0, min(cents, invoice.cents - came)) if invoice.is_open else 0
    query = select(func.coalesce(func.sum(MoneyEntry.tax_cents), 0))
    mine = query.where(MoneyEntry.order_id == invoice.order_id, MoneyEntry.kind == EntryKind.TRANSFER)
    tax_came = int(db.session.scalar(mine) or 0)
    return share(invoice.tax_cents, invoice.cents, pays, gone=came, tax_gone=tax_came), cents - pays


def expected(order: EnrollmentOrder, due: OrderDue) -> Money | None:
    """What comes on top of an instalment that is not paid yet: equal parts are taxed alike as long as nobody moves.

    Stripe works each one out when it is charged; this is what to expect.
    """
    first = order.dues[0]
    is_later = order.plan_kind == PlanKind.INSTALMENTS and due.number > 1 and due.is_open and not due.is_fee
    return Money(first.added_cents, order.currency) if is_later and first.added_cents else None


def _words(line: Json) -> str:
    name = f"{line['name']} {line['percent']} %" if line["percent"] else line["name"]
    return f"Of which {name}" if line["is_included"] else name


def share(tax: int, paid: int, cents: int, *, gone: int = 0, tax_gone: int = 0) -> int:
    """How much tax lies in a refund of `cents`, when `gone` with `tax_gone` went back before; all in cents.

    Rounded so that whatever was paid, given back in any parts, takes just its tax with it.
    """
    if not tax or not paid:
        return 0
    whole = (2 * tax * (gone + cents) + paid) // (2 * paid)
    return min(max(whole - tax_gone, 0), cents)


def of_refund(refund: Refund) -> int:
    """Cents of tax in a refund, as the ledger has them or will have; the order is locked."""
    if refund.payment is None:
        return 0
    known = _entry((EntryKind.REFUND,), refund.stripe_id)
    return -known.tax_cents if known is not None else of_part(refund.payment, refund.cents)


def of_part(payment: Payment, cents: int) -> int:
    """Cents of tax that go with the next `cents` of a payment to leave us: as a refund, or to a bank that won.

    What was paid too much had no tax in it and goes back first.
    """
    came = _entry(MONEY_IN, payment.charge_id)
    if came is None:
        return 0
    over, (gone, tax_gone) = int(came.facts.get("over", 0)), _gone(payment)
    before, after = max(0, gone - over), max(0, gone + cents - over)
    return share(came.tax_cents, came.cents - over, after - before, gone=before, tax_gone=tax_gone)


def _gone(payment: Payment) -> tuple[int, int]:
    """What has left us of a payment for good: cents, and the tax in them."""
    theirs = select(Refund.stripe_id).where(Refund.payment_id == payment.id, Refund.stripe_id.is_not(None))
    back = MoneyEntry.kind.in_(BACK) & MoneyEntry.stripe_id.in_(theirs)
    lost = (MoneyEntry.kind == EntryKind.DISPUTE_LOST) & (MoneyEntry.facts["charge"].astext == payment.charge_id)
    rows = db.session.scalars(select(MoneyEntry).where(MoneyEntry.order_id == payment.order_id, back | lost)).all()
    return -sum(row.cents - int(row.facts.get("lost", 0)) for row in rows), -sum(row.tax_cents for row in rows)


def _entry(kinds: tuple[EntryKind, ...], stripe_id: str | None) -> MoneyEntry | None:
    query = select(MoneyEntry).where(MoneyEntry.kind.in_(kinds), MoneyEntry.stripe_id == stripe_id)
    return db.session.scalar(query)
