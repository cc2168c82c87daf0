"""Makes a Checkout Session out of its parameters, in the terms of https://docs.stripe.com/api/checkout/sessions."""

from urllib.parse import urlsplit

from payments.sandbox import currencies, discounts, prices, taxing
from payments.sandbox.errors import invalid, required, unsupported
from payments.sandbox.ids import new_id
from payments.sandbox.store import Json, Work

SHORTEST, LONGEST = 30 * 60, 24 * 3600
MODES = {"payment": "subscription_data", "subscription": "payment_intent_data"}
"""Each mode, with the group of parameters that belongs to the other."""
BANKS = {"eur": "sepa_debit", "usd": "us_bank_account"}


def build(work: Work, given: Json) -> tuple[Json, list[Json]]:
    """The new session and its lines; raises ApiError, in Stripe's words, on what can't be."""
    _check(work, given)
    lines = [_line(work, line, index) for index, line in enumerate(given["line_items"])]
    _check_prices(given.get("mode", "payment"), lines)
    currency = lines[0]["currency"]
    if any(line["currency"] != currency for line in lines):
        raise invalid("All prices in a Checkout Session must have the same currency.", "line_items")
    session = _empty(work, given, currency)
    price_up(work, session, lines, given.get("discounts", []))
    return session, lines


def _check(work: Work, given: Json) -> None:
    if given.get("mode", "payment") not in MODES:
        raise unsupported("mode")
    _check_mode(given)
    if given.get("ui_mode", "hosted_page") != "hosted_page":
        raise unsupported("ui_mode")
    for name in ("success_url", "line_items"):
        if not given.get(name):
            raise required(name)
    for name in ("success_url", "cancel_url"):
        if name in given and not _is_url(given[name]):
            raise invalid("Not a valid URL", name, "url_invalid")
    for pair in (("customer", "customer_email"), ("allow_promotion_codes", "discounts")):
        if all(given.get(name) for name in pair):
            raise invalid(f"You may only specify one of these parameters: {', '.join(pair)}.", pair[1])
    _check_buyer(work, given)
    _check_expiry(work, given.get("expires_at"))


def _check_mode(given: Json) -> None:
    mode = given.get("mode", "payment")
    if MODES[mode] in given:
        raise invalid(f"You can not pass `{MODES[mode]}` in `{mode}` mode.", MODES[mode])
    if mode == "subscription" and "customer_creation" in given:
        raise invalid("`customer_creation` can only be used in `payment` mode.", "customer_creation")
    if mode == "subscription" and given.get("submit_type", "auto") not in {"auto", "subscribe"}:
        raise invalid("`submit_type` can only be `auto` or `subscribe` in `subscription` mode.", "submit_type")


def _check_prices(mode: str, lines: list[Json]) -> None:
    recurring = [line for line in lines if line["price"]["recurring"]]
    if mode == "payment" and recurring:
        message = "You specified `payment` mode but passed a recurring price. "
        raise invalid(message + "Either switch to `subscription` mode or use only one-time prices.", "line_items")
    if mode == "subscription" and not recurring:
        raise invalid("You must provide at least one recurring price in `subscription` mode.", "line_items")


def _check_buyer(work: Work, given: Json) -> None:
    if "customer_email" in given and not _is_email(given["customer_email"]):
        raise invalid(f"Invalid email address: {given['customer_email']}", "customer_email", "email_invalid")
    if "customer" in given:
        work.get("customer", given["customer"], "customer")


def _check_expiry(work: Work, at: int | None) -> None:
    if at is None:
        return
    if at < work.now + SHORTEST:
        message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        raise invalid(message, "expires_at")
    if at > work.now + LONGEST:
        message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        raise invalid(message, "expires_at")


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(c.isspace() for c in text)


def _is_email(text: str) -> bool:
    name, at, domain = text.rpartition("@")
    return bool(name and at and "." in domain and not any(c.isspace() for c in text))


def _line(work: Work, given: Json, index: int) -> Json:
    param = f"line_items[{index}]"
    if ("price" in given) == ("price_data" in given):
        raise invalid("You must specify exactly one of `price` or `price_data`.", param)
    if "price" in given:
        price = work.get("price", given["price"], f"{param}[price]")
        if not price["active"]:
            raise invalid("The price specified is inactive. This field only accepts active prices.", f"{param}[price]")
    else:
        price = prices.make(work, given["price_data"], f"{param}[price_data]", inline=True)
    product, amount = work.get("product", price["product"]), price["unit_amount"] * given["quantity"]
    return {
        "id": new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": product["name"],
        "metadata": given.get("metadata", {}),
        "price": price,
        "quantity": given["quantity"],
    }


def price_up(work: Work, session: Json, lines: list[Json], wishes: list[Json]) -> None:
    """Writes amounts and discounts into the session and its lines."""
    subtotal = sum(line["amount_subtotal"] for line in lines)
    off = 0
    if wishes:
        off = discounts.taken_off(discounts.coupon_of(work, wishes[0]), subtotal, session["currency"])
    left = off
    for line in lines:
        line["amount_discount"] = min(left, line["amount_subtotal"])
        left -= line["amount_discount"]
        _tax(work, session, line)
    tax, total = (sum(line[name] for line in lines) for name in ("amount_tax", "amount_total"))
    _refuse_what_cannot_be_charged(total, session["currency"])
    session |= {"amount_subtotal": subtotal, "amount_total": total}
    session["discounts"] = [{"coupon": w.get("coupon"), "promotion_code": w.get("promotion_code")} for w in wishes]
    session["total_details"] = {"amount_discount": off, "amount_shipping": 0, "amount_tax": tax}


def _refuse_what_cannot_be_charged(total: int, currency: str) -> None:
    least, step = currencies.least(currency), currencies.step(currency)
    if 0 < total < least:
        message = f"The Checkout Session's total amount due must add up to at least {least} of the smallest unit."
        raise invalid(message, None, "amount_too_small")
    if total % step:
        message = f"Invalid amount. Amounts in {currency} must be evenly divisible by {step}."
        raise invalid(message, None, "invalid_charge_amount_no_decimal_compatible")


def _tax(work: Work, session: Json, line: Json) -> None:
    """Writes a line's total, with tax where the session asks for it."""
    net, behavior = line["amount_subtotal"] - line["amount_discount"], line["price"]["tax_behavior"]
    line["amount_tax"] = 0
    if session["automatic_tax"]["enabled"]:
        session["automatic_tax"]["status"] = "complete"
        line["amount_tax"] = taxing.of(work, net, behavior)
    line["amount_total"] = net + taxing.added(line["amount_tax"], behavior)


def _types(given: Json, currency: str) -> list[str]:
    wished = given.get("payment_method_types")
    if wished:
        for type_, bank in (("sepa_debit", "eur"), ("us_bank_account", "usd")):
            if type_ in wished and currency != bank:
                raise invalid(f"The payment method type '{type_}' takes {bank} only.", "payment_method_types")
        return list(wished)
    if given.get("mode") == "subscription":
        return ["card"]
    found = ["card", *([BANKS[currency]] if currency in BANKS else [])]
    return [type_ for type_ in found if type_ not in given.get("excluded_payment_method_types", [])]


def _empty(work: Work, given: Json, currency: str) -> Json:
    id_ = new_id("cs_test", 58)
    texts = dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance"))
    nothing = (
        "after_expiration client_secret collected_information consent currency_conversion customer_account "
        "customer_details invoice managed_payments origin_context payment_intent payment_link permissions "
        "recovered_from payment_method_configuration_details saved_payment_method_options setup_intent "
        "shipping_address_collection shipping_cost subscription wallet_options"
    )
    asked = (
        "allow_promotion_codes billing_address_collection cancel_url client_reference_id customer "
        "customer_email locale submit_type success_url origin_context integration_identifier"
    )
    session: Json = dict.fromkeys(nothing.split()) | {name: given.get(name) for name in asked.split()}
    return session | {
        "id": id_,
        "object": "checkout.session",
        "adaptive_pricing": given.get("adaptive_pricing", {"enabled": False}),
        "automatic_tax": {"liability": None, "provider": None, "status": None}
        | given.get("automatic_tax", {"enabled": False}),
        "consent_collection": _consent(given),
        "created": work.now,
        "currency": currency,
        "custom_fields": [],
        "custom_text": texts | given.get("custom_text", {}),
        "customer_creation": _customer_creation(given),
        "expires_at": given.get("expires_at", work.now + LONGEST),
        "invoice_creation": {"enabled": False, "invoice_data": _NO_INVOICE},
        "livemode": False,
        "metadata": given.get("metadata", {}),
        "mode": given.get("mode", "payment"),
        "payment_method_collection": given.get("payment_method_collection", "always"),
        "payment_method_options": {},
        "payment_method_types": _types(given, currency),
        "payment_status": "unpaid",
        "phone_number_collection": given.get("phone_number_collection", {"enabled": False}),
        "shipping_options": [],
        "status": "open",
        "ui_mode": "hosted_page",
        "url": f"{work.base_url}/c/pay/{id_}",
    }


def _customer_creation(given: Json) -> str | None:
    if "customer" in given:
        return None
    always = given.get("mode") == "subscription"
    return "always" if always else str(given.get("customer_creation", "if_required"))


_NO_INVOICE: Json = {
    "account_tax_ids": None,
    "custom_fields": None,
    "description": None,
    "footer": None,
    "issuer": None,
    "metadata": {},
    "rendering_options": None,
}


def _consent(given: Json) -> Json | None:
    wished = given.get("consent_collection")
    if not wished:
        return None
    nothing = {"payment_method_reuse_agreement": None, "promotions": "none", "terms_of_service": "none"}
    return nothing | dict(wished)
