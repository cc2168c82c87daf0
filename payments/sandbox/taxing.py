"""Tax: one plain rate on whatever is sold, on top of a price or within it; Stripe Tax itself knows places."""

from decimal import ROUND_HALF_UP, Decimal

from payments.sandbox.store import Json, Work

INCLUSIVE = "inclusive"


def of(work: Work, net: int, behavior: str) -> int:
    """The tax on cents: within them for an inclusive price, else on top."""
    percent = Decimal(str(work.settings.tax_percent))
    base = 100 + percent if behavior == INCLUSIVE else Decimal(100)
    return int((net * percent / base).quantize(Decimal(1), ROUND_HALF_UP))


def added(tax: int, behavior: str) -> int:
    """What of a tax comes on top of the price."""
    return 0 if behavior == INCLUSIVE else tax


def rate(work: Work, behavior: str) -> Json:
    """The tax rate that Stripe Tax would have found (https://docs.stripe.com/api/tax_rates/object)."""
    return {
        "id": f"txr_{'in' if behavior == INCLUSIVE else 'on'}",
        "object": "tax_rate",
        "active": True,
        "country": "US",
        "created": work.now,
        "description": None,
        "display_name": "Sales tax",
        "effective_percentage": work.settings.tax_percent,
        "flat_amount": None,
        "inclusive": behavior == INCLUSIVE,
        "jurisdiction": "US",
        "jurisdiction_level": "country",
        "livemode": False,
        "metadata": {},
        "percentage": work.settings.tax_percent,
        "rate_type": "percentage",
        "state": None,
        "tax_type": "sales_tax",
    }


def breakdown(work: Work, lines: list[Json]) -> Json:
    """The taxes of a session, which Stripe shows to whoever expands them."""
    taxes = [
        {
            "amount": line["amount_tax"],
            "rate": rate(work, line["price"]["tax_behavior"]),
            "taxability_reason": "standard_rated",
            "taxable_amount": line["amount_total"] - line["amount_tax"],
        }
        for line in lines
        if line["amount_tax"]
    ]
    return {"discounts": [], "taxes": taxes}


def on_invoice(work: Work, net: int, behavior: str) -> list[Json]:
    """The taxes of an invoice; the rate is named by its id alone."""
    tax = of(work, net, behavior)
    told = INCLUSIVE if behavior == INCLUSIVE else "exclusive"
    return [
        {
            "amount": tax,
            "tax_behavior": told,
            "tax_rate_details": {"tax_rate": rate(work, behavior)["id"]},
            "taxability_reason": "standard_rated",
            "taxable_amount": net - tax if behavior == INCLUSIVE else net,
            "type": "tax_rate_details",
        }
    ]
