"""The life of a subscription: begun, renewed each period, ended."""

from payments.sandbox import listing
from payments.sandbox.billing import invoice_building, invoicing
from payments.sandbox.billing.spans import after
from payments.sandbox.errors import invalid
from payments.sandbox.events import emit
from payments.sandbox.ids import new_id
from payments.sandbox.store import Json, Work

NOTHING = (
    "application", "application_fee_percent", "billing_cycle_anchor_config", "billing_thresholds", "cancel_at",
    "canceled_at", "days_until_due", "default_payment_method", "default_source", "description", "ended_at",
    "latest_invoice", "next_pending_invoice_item_invoice", "on_behalf_of", "pause_collection",
    "pending_invoice_item_interval", "pending_setup_intent", "pending_update", "schedule", "test_clock",
    "transfer_data", "trial_end", "trial_settings", "trial_start",
)  # fmt: skip


def begin(work: Work, customer: Json, sold: list[Json], given: Json, method: str | None) -> Json:
    """A subscription over `price` and `quantity`, incomplete until its first invoice is paid; told as an event."""
    recurring = sold[0]["price"]["recurring"]
    if any(part["price"]["recurring"] != recurring for part in sold):
        raise invalid("All recurring prices of a subscription must have the same interval.", "items")
    id_, end = new_id("sub"), after(work.now, recurring["interval"], recurring["interval_count"])
    items = [_item(work, id_, part, end) for part in sold]
    subscription = dict.fromkeys(NOTHING) | {
        "id": id_,
        "object": "subscription",
        "automatic_tax": {"disabled_reason": None, "enabled": bool(given.get("tax")), "liability": None},
        "billing_cycle_anchor": work.now,
        "billing_mode": {"type": "flexible", "flexible": {"proration_discounts": "included"}},
        "billing_schedules": [],
        "cancel_at_period_end": False,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "created": work.now,
        "currency": sold[0]["price"]["currency"],
        "customer": customer["id"],
        "default_payment_method": method,
        "default_tax_rates": [],
        "description": given.get("description"),
        "discounts": [],
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "items": listing.as_list(items, f"/v1/subscription_items?subscription={id_}"),
        "livemode": False,
        "metadata": given.get("metadata", {}),
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "start_date": work.now,
        "status": "incomplete",
        "test_clock": customer["test_clock"],
    }
    clock = {"clock": customer["test_clock"]} if customer["test_clock"] else {}
    work.add(subscription, due_at=end, periods=1, **clock)
    emit(work, "customer.subscription.created", subscription)
    return subscription


def _item(work: Work, subscription_id: str, part: Json, end: int) -> Json:
    return {
        "id": new_id("si", 14),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": work.now,
        "current_period_end": end,
        "current_period_start": work.now,
        "discounts": [],
        "metadata": {},
        "price": part["price"],
        "quantity": part["quantity"],
        "subscription": subscription_id,
        "tax_rates": [],
    }


def first_invoice(work: Work, subscription: Json, extra: list[Json], off: int = 0) -> Json:
    """The invoice of the first period, open at once; `extra` are lines that are sold once."""
    sold = invoice_building.lines_of(subscription, names(work, subscription)) + extra
    invoice = invoice_building.draft(work, subscription, sold, "subscription_create", off)
    work.save(subscription | {"latest_invoice": invoice["id"]})
    subscription["latest_invoice"] = invoice["id"]
    return invoicing.finalize(work, invoice)


def names(work: Work, subscription: Json) -> dict[str, str]:
    products = (item["price"]["product"] for item in subscription["items"]["data"])
    return {id_: work.get("product", id_)["name"] for id_ in products}


def renew(work: Work, subscription: Json) -> None:
    """A period is over: the next begins, with a draft invoice that is taken an hour later."""
    if subscription["status"] not in {"active", "past_due"}:
        work.forget(subscription["id"], "due_at")
        return
    if subscription["cancel_at_period_end"]:
        end(work, subscription, "cancellation_requested")
        return
    periods = work.private(subscription["id"])["periods"] + 1
    before = subscription["items"]["data"][0]
    span = before["price"]["recurring"]
    until = after(subscription["billing_cycle_anchor"], span["interval"], span["interval_count"] * periods)
    was = {"current_period_start": before["current_period_start"], "current_period_end": before["current_period_end"]}
    for item in subscription["items"]["data"]:
        item |= {"current_period_start": item["current_period_end"], "current_period_end": until}
    work.note(subscription["id"], due_at=until, periods=periods)
    sold = invoice_building.lines_of(subscription, names(work, subscription))
    invoice = invoice_building.draft(work, subscription, sold, "subscription_cycle")
    if paused := subscription["pause_collection"]:
        invoicing.set_aside(work, invoice, paused["behavior"])
    subscription["latest_invoice"] = invoice["id"]
    emit(work, "customer.subscription.updated", work.save(subscription), {"items": {"data": [was]}})


def end(work: Work, subscription: Json, reason: str | None) -> Json:
    """No more periods. An open invoice stays open, but nobody is asked for it again."""
    if subscription["status"] == "canceled":
        raise invalid(f"No such subscription: '{subscription['id']}'", "id", "resource_missing", 404)
    subscription |= {"status": "canceled", "canceled_at": work.now, "ended_at": work.now}
    subscription["cancellation_details"] |= {"reason": reason}
    work.forget(subscription["id"], "due_at")
    newest = work.find(subscription["latest_invoice"] or "")
    if newest and newest["status"] in {"draft", "open"}:
        work.forget(newest["id"], "due_at")
        work.save(newest | {"auto_advance": False, "next_payment_attempt": None})
    emit(work, "customer.subscription.deleted", work.save(subscription))
    return subscription
