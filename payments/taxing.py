"""Taxing: what Stripe Tax worked out for a payment, kept line by line, and how much of it a refund takes back.

The program never works out a tax itself: it reads what Stripe says (https://docs.stripe.com/tax/checkout).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from foundation.db import db
from foundation.money import Money
from payments.models import EntryKind, MoneyEntry, OrderDue, Refund
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
    payment = refund.payment
    if payment is None:
        return 0
    known = _entry((EntryKind.REFUND,), refund.stripe_id)
    if known is not None:
        return -known.tax_cents
    came = _entry(MONEY_IN, payment.charge_id)
    if came is None:
        return 0
    theirs = select(Refund.stripe_id).where(Refund.payment_id == payment.id, Refund.stripe_id.is_not(None))
    sums = select(func.coalesce(func.sum(MoneyEntry.cents), 0), func.coalesce(func.sum(MoneyEntry.tax_cents), 0))
    found = db.session.execute(sums.where(MoneyEntry.kind.in_(BACK), MoneyEntry.stripe_id.in_(theirs))).one()
    return share(came.tax_cents, came.cents, refund.cents, gone=-int(found[0]), tax_gone=-int(found[1]))


def _entry(kinds: tuple[EntryKind, ...], stripe_id: str | None) -> MoneyEntry | None:
    query = select(MoneyEntry).where(MoneyEntry.kind.in_(kinds), MoneyEntry.stripe_id == stripe_id)
    return db.session.scalar(query)
