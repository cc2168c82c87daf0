"""Tax calculations: what Stripe Tax says of a sum and a place (https://docs.stripe.com/api/tax/calculations/create).

One plain rate, as everywhere here; a company with a tax id abroad owes it itself (reverse charge). Nothing is kept.
"""

from flask import Blueprint

from payments.sandbox import taxing
from payments.sandbox.answering import Call, endpoint
from payments.sandbox.errors import invalid
from payments.sandbox.ids import new_id
from payments.sandbox.shapes import ADDRESS, EXPAND, Choice, Fields, Integer, Rows, Text
from payments.sandbox.store import Json

bp = Blueprint("tax_calculations", __name__)
HOME = "US"
BY_POST_CODE = ("US", "CA")
LINE = Fields(
    {
        "amount": Integer(0, 99999999),
        "quantity": Integer(1, 1000),
        "reference": Text(),
        "tax_behavior": Choice("exclusive", "inclusive"),
        "tax_code": Text(),
    },
    need=("amount",),
)
TAX_ID = Fields({"type": Text(), "value": Text()}, need=("type", "value"))
CUSTOMER = Fields(
    {"address": ADDRESS, "address_source": Choice("billing", "shipping"), "tax_ids": Rows(TAX_ID)}, need=("address",)
)
CREATE = Fields(
    {"currency": Text(3), "customer_details": CUSTOMER, "line_items": Rows(LINE), "expand": EXPAND},
    need=("currency", "line_items"),
)
AT = "customer_details[address]"


@endpoint(bp, "POST", "/v1/tax/calculations", CREATE)
def create_calculation(call: Call) -> Json:
    given, now = call.params, call.work.now
    customer = given.get("customer_details") or {}
    place, ids = _place(customer), customer.get("tax_ids", [])
    is_reversed = bool(ids) and place["country"] != HOME
    lines = [_line(call, line, is_reversed) for line in given["line_items"]]
    broken_down = [_breakdown(call, line, place, is_reversed) for line in lines]
    on_top = sum(line["amount_tax"] for line in lines if line["tax_behavior"] == "exclusive")
    return {
        "id": new_id("taxcalc"),
        "object": "tax.calculation",
        "amount_total": sum(line["amount"] for line in lines) + on_top,
        "currency": given["currency"].lower(),
        "customer": None,
        "customer_details": {
            "address": place,
            "address_source": customer.get("address_source", "billing"),
            "ip_address": None,
            "tax_ids": ids,
            "taxability_override": "none",
        },
        "expires_at": now + 90 * 24 * 3600,
        "livemode": False,
        "ship_from_details": None,
        "shipping_cost": None,
        "tax_amount_exclusive": on_top,
        "tax_amount_inclusive": sum(line["amount_tax"] for line in lines) - on_top,
        "tax_breakdown": broken_down,
        "tax_date": now,
    }


def _place(customer: Json) -> Json:
    """Where the customer is. Raises ApiError where Stripe could not tell."""
    given = customer.get("address") or {}
    place = {name: given.get(name) for name in ("line1", "line2", "city", "state", "postal_code", "country")}
    if not place["country"]:
        raise invalid("The customer's location isn't recognized.", f"{AT}[country]", "customer_tax_location_invalid")
    if place["country"] in BY_POST_CODE and not place["postal_code"]:
        message = "We could not determine the customer's tax location based on the provided customer address."
        raise invalid(message, f"{AT}[postal_code]", "customer_tax_location_invalid")
    for number, one in enumerate(customer.get("tax_ids", [])):
        if len(one["value"]) < 6:
            at = f"customer_details[tax_ids][{number}][value]"
            raise invalid(f"Invalid value for {one['type']}.", at, "tax_id_invalid")
    return place


def _line(call: Call, line: Json, is_reversed: bool) -> Json:
    behavior = line.get("tax_behavior", "exclusive")
    tax = 0 if is_reversed else taxing.of(call.work, line["amount"], behavior)
    return line | {"tax_behavior": behavior, "amount_tax": tax}


def _breakdown(call: Call, line: Json, place: Json, is_reversed: bool) -> Json:
    inclusive = line["tax_behavior"] == taxing.INCLUSIVE
    is_home = place["country"] == HOME
    return {
        "amount": line["amount_tax"],
        "inclusive": inclusive,
        "tax_rate_details": {
            "country": place["country"],
            "flat_amount": None,
            "percentage_decimal": "0.0" if is_reversed else str(call.work.settings.tax_percent),
            "rate_type": "percentage",
            "state": place["state"] if is_home else None,
            "tax_type": "sales_tax" if is_home else "vat",
        },
        "taxability_reason": "reverse_charge" if is_reversed else "standard_rated",
        "taxable_amount": line["amount"] - (line["amount_tax"] if inclusive else 0),
    }
