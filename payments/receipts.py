"""A receipt as its document wants it: every figure written out, from the facts that were frozen when it was issued."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import current_app

from foundation.money import Money
from payments import taxing
from payments.models import Receipt


def document(receipt: Receipt) -> dict[str, Any]:
    """The data of `templates/documents/receipt.typ`."""
    facts = receipt.facts
    price, paid = Money(facts["cents"], facts["currency"]), Money(facts["paid_cents"], facts["currency"])
    total = Money(facts.get("total_cents", facts["paid_cents"]), facts["currency"])
    less, taxes = price - total, facts.get("taxes", [])
    kept = ("school", "address", "email", "name", "to", "program", "cohort", "code", "method", "order", "agreement")
    return {name: facts[name] for name in kept} | {
        "number": receipt.number,
        "issued": _day(day_here(receipt.issued_at)),
        "paid_on": _day(day_here(datetime.fromisoformat(facts["paid_at"]))),
        "starts": _day(date.fromisoformat(facts["starts_on"])),
        "ends": _day(date.fromisoformat(facts["ends_on"])),
        "price": price.shown(),
        "discount": f"-{less.shown()}" if less.cents > 0 else "",
        "part": facts.get("part", "").capitalize(),
        "part_amount": (paid - Money(taxing.added(taxes), facts["currency"])).shown(),
        "let_go": [[words, f"-{Money(cents, facts['currency'])}"] for words, cents in facts.get("let_go", [])],
        "taxes": taxing.shown(taxes, facts["currency"]),
        "paid": paid.shown(),
    }


def day_here(moment: datetime) -> date:
    """The day in the school's own zone."""
    return moment.astimezone(ZoneInfo(current_app.config["SETTINGS"].time_zone)).date()


def _day(value: date) -> str:
    return format_date(value, format="long", locale="en_US")
