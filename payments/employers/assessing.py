"""Assessing: what Stripe Tax says of an employer's invoice, asked before the order is written and frozen with it.

A transfer never passes through Stripe, so nothing there works the tax out by itself: it is asked for the sum, the place
and the company's tax number (https://docs.stripe.com/api/tax/calculations/create).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import current_app

from foundation.errors import Refused
from foundation.money import Money
from payments import gateway
from payments.employers import places
from payments.employers.issuing import Bill

Json = dict[str, Any]
NAMES = {"sales_tax": "Sales tax", "service_tax": "Service tax", "lease_tax": "Lease tax", "jct": "JCT"}


def is_wanted() -> bool:
    """Whether the school has told Stripe to work out tax."""
    return bool(current_app.config["SETTINGS"].stripe_tax != "off")


def assessed(bill: Bill, price: Money) -> Bill:
    """The bill with its tax, worked out for a price. Raises Refused beside the field, also while Stripe is silent."""
    if not bill.country:
        raise Refused("In which country? The tax depends on it.", "country")
    try:
        told = gateway.calculate_tax(_asked(bill, price))
    except gateway.GatewayRefused as error:
        raise Refused(*_in_words(error)) from error
    except gateway.GatewayDown as error:
        message = "The tax can't be worked out at the moment. Nothing was ordered; try again in a minute."
        raise Refused(message, "country") from error
    return replace(bill, taxes=tuple(lines(told)), assessed_cents=price.cents)


def _asked(bill: Bill, price: Money) -> Json:
    address = {"line1": " ".join(bill.address.split())[:200], "postal_code": bill.postal_code, "state": bill.state}
    where = {name: text for name, text in address.items() if text} | {"country": bill.country}
    customer: Json = {"address": where, "address_source": "billing"}
    if bill.tax_number and bill.country in places.KINDS:
        customer["tax_ids"] = [{"type": places.KINDS[bill.country], "value": "".join(bill.tax_number.split())}]
    behavior = current_app.config["SETTINGS"].stripe_tax
    line = {"amount": price.cents, "reference": "tuition", "tax_behavior": behavior}
    return {"currency": price.currency.lower(), "customer_details": customer, "line_items": [line]}


def _in_words(error: gateway.GatewayRefused) -> tuple[str, str]:
    if "tax_ids" in error.param:
        return "This doesn't look like a tax number of that country.", "tax_number"
    if error.code == "customer_tax_location_invalid":
        return "Which place is this? Look at the postal code and the country.", "postal_code"
    return "The tax of this address can't be worked out. Write to us, and we send the invoice by hand.", "country"


def lines(told: Json) -> list[Json]:
    """What Stripe worked out, line by line: each tax with its rate and the place whose it is. One that the company
    owes itself (reverse charge) stands there with nothing, because the invoice has to say so."""
    found = [_line(one) for one in told["tax_breakdown"]]
    return [line for line in found if line["cents"] or line["is_reversed"]]


def _line(one: Json) -> Json:
    rate = one["tax_rate_details"]
    place = (rate.get("state"), places.country(str(rate.get("country") or "")))
    kind = str(rate.get("tax_type") or "tax")
    return {
        "name": NAMES.get(kind, kind.upper() if len(kind) < 5 else kind.replace("_", " ").capitalize()),
        "percent": f"{float(rate['percentage_decimal']):g}",
        "cents": one["amount"],
        "is_included": bool(one["inclusive"]),
        "where": ", ".join(part for part in place if part),
        "is_reversed": one["taxability_reason"] == "reverse_charge",
    }
