"""What an invoice and its parts look like (https://docs.stripe.com/api/invoices/object)."""

from payments.sandbox import listing, taxing
from payments.sandbox.billing.spans import HOUR
from payments.sandbox.events import emit
from payments.sandbox.ids import new_id
from payments.sandbox.store import Json, Work

NOTHING = (
    "account_country", "account_name", "account_tax_ids", "application", "automatically_finalizes_at",
    "custom_fields", "customer_address", "customer_name", "customer_phone", "customer_shipping",
    "default_payment_method", "default_source", "description", "due_date", "effective_at", "ending_balance",
    "footer", "from_invoice", "hosted_invoice_url", "invoice_pdf", "last_finalization_error",
    "latest_revision", "next_payment_attempt", "number", "on_behalf_of", "receipt_number", "rendering",
    "shipping_cost", "shipping_details", "statement_descriptor", "test_clock", "webhooks_delivered_at",
)  # fmt: skip


def draft(work: Work, subscription: Json, sold: list[Json], reason: str, off: int = 0) -> Json:
    """A new invoice over lines of `price`, `quantity` and, for items of the subscription, `item`; told as an event."""
    id_ = new_id("in")
    item = subscription["items"]["data"][0]
    start, end = item["current_period_start"], item["current_period_end"]
    lines = [_line(subscription, id_, part, start, end) for part in sold]
    taxes = _taxes(work, subscription, sold, off)
    invoice = preview(work, subscription, lines, reason, off, taxes) | {"id": id_}
    if reason == "subscription_cycle":
        invoice["automatically_finalizes_at"] = work.now + HOUR
    clock = {"clock": subscription["test_clock"]} if subscription["test_clock"] else {}
    due = {"due_at": work.now + HOUR} if reason == "subscription_cycle" else {}
    work.add(invoice, **clock, **due)
    if not subscription["pause_collection"]:
        emit(work, "invoice.created", invoice)
    return invoice


NEW: Json = {
    "amount_overpaid": 0,
    "amount_paid": 0,
    "amount_paid_off_stripe": 0,
    "amount_shipping": 0,
    "attempt_count": 0,
    "attempted": False,
    "auto_advance": True,
    "collection_method": "charge_automatically",
    "customer_tax_exempt": "none",
    "post_payment_credit_notes_amount": 0,
    "pre_payment_credit_notes_amount": 0,
    "starting_balance": 0,
    "status": "draft",
}
"""What every new invoice begins with."""


def preview(work: Work, subscription: Json, lines: list[Json], reason: str, off: int, taxes: list[Json]) -> Json:
    """The same without a name of its own."""
    item, subtotal = subscription["items"]["data"][0], sum(line["amount"] for line in lines)
    tax, included = _sums(taxes)
    total = subtotal - off + tax - included
    customer = work.get("customer", subscription["customer"])
    about = {"subscription": subscription["id"], "metadata": subscription["metadata"]}
    automatic = subscription["automatic_tax"]["enabled"]
    return (
        dict.fromkeys(NOTHING)
        | NEW
        | _empty_lists()
        | {
            "id": new_id("upcoming_in"),
            "object": "invoice",
            "amount_due": total,
            "amount_remaining": total,
            "automatic_tax": _tax(enabled=automatic),
            "billing_reason": reason,
            "created": work.now,
            "currency": subscription["currency"],
            "customer": customer["id"],
            "customer_email": customer["email"],
            "issuer": {"type": "self"},
            "lines": listing.as_list(lines, "/v1/invoices/lines"),
            "livemode": False,
            "metadata": {},
            "parent": {"type": "subscription_details", "quote_details": None, "subscription_details": about},
            "payment_settings": {"default_mandate": None, "payment_method_options": None, "payment_method_types": None},
            "period_end": work.now if reason == "subscription_create" else item["current_period_start"],
            "period_start": work.now if reason == "subscription_create" else item["current_period_start"],
            "status_transitions": dict.fromkeys(("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")),
            "subtotal": subtotal,
            "subtotal_excluding_tax": subtotal - included,
            "test_clock": subscription["test_clock"],
            "total": total,
            "total_excluding_tax": total - tax,
            "total_taxes": taxes,
        }
    )


def _empty_lists() -> Json:
    names = ("customer_tax_ids", "default_tax_rates", "discounts", "total_discount_amounts")
    return {name: [] for name in (*names, "total_pretax_credit_amounts")}


def _taxes(work: Work, subscription: Json, sold: list[Json], off: int) -> list[Json]:
    """The tax on what is sold, where the subscription asks for it."""
    if not subscription["automatic_tax"]["enabled"]:
        return []
    net = sum(part["price"]["unit_amount"] * part["quantity"] for part in sold) - off
    return taxing.on_invoice(work, net, sold[0]["price"]["tax_behavior"])


def _sums(taxes: list[Json]) -> tuple[int, int]:
    """All of the tax, and how much of it lies within the prices."""
    included = sum(one["amount"] for one in taxes if one["tax_behavior"] == taxing.INCLUSIVE)
    return sum(one["amount"] for one in taxes), included


def upcoming(work: Work, subscription: Json, sold: list[Json]) -> Json:
    """The next period's invoice, which is not there yet."""
    item = subscription["items"]["data"][0]
    start = item["current_period_end"]
    lines = [_line(subscription, "upcoming", part, start, start) for part in sold]
    return preview(work, subscription, lines, "upcoming", 0, _taxes(work, subscription, sold, 0))


def _tax(*, enabled: bool) -> Json:
    status = "complete" if enabled else None
    return {"disabled_reason": None, "enabled": enabled, "liability": None, "provider": None, "status": status}


def _line(subscription: Json, invoice_id: str, part: Json, start: int, end: int) -> Json:
    price, quantity = part["price"], part["quantity"]
    details = {
        "invoice_item": None,
        "proration": False,
        "proration_details": {"credited_items": None},
        "subscription": subscription["id"],
        "subscription_item": part.get("item") or "",
    }
    of_item = bool(part.get("item"))
    return {
        "id": new_id("il"),
        "object": "line_item",
        "amount": price["unit_amount"] * quantity,
        "currency": price["currency"],
        "description": part["description"],
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice_id,
        "livemode": False,
        "metadata": subscription["metadata"] if of_item else {},
        "parent": {"type": "subscription_item_details", "invoice_item_details": None,
                   "subscription_item_details": details} if of_item else None,
        "period": {"start": start, "end": end if of_item else start},
        "pretax_credit_amounts": [],
        "pricing": {
            "type": "price_details",
            "price_details": {"price": price["id"], "product": price["product"]},
            "unit_amount_decimal": str(price["unit_amount"]),
        },
        "quantity": quantity,
        "subtotal": price["unit_amount"] * quantity,
        "taxes": [],
    }  # fmt: skip


def lines_of(subscription: Json, names: dict[str, str]) -> list[Json]:
    """What a period of a subscription sells."""
    return [
        {"price": item["price"], "quantity": item["quantity"], "item": item["id"],
         "description": f"{item['quantity']} × {names.get(item['price']['product'], 'Subscription')}"}
        for item in subscription["items"]["data"]
    ]  # fmt: skip


def payment(work: Work, invoice: Json, intent_id: str) -> Json:
    """The InvoicePayment that joins an invoice to the intent that pays it."""
    return work.add(
        {
            "id": new_id("inpay"),
            "object": "invoice_payment",
            "amount_paid": None,
            "amount_requested": invoice["amount_due"],
            "created": work.now,
            "currency": invoice["currency"],
            "invoice": invoice["id"],
            "is_default": True,
            "livemode": False,
            "payment": {"type": "payment_intent", "payment_intent": intent_id},
            "status": "open",
            "status_transitions": {"canceled_at": None, "paid_at": None},
        }
    )
