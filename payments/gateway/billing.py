"""What Stripe bills month by month: invoices, subscriptions, schedules, and the customer's own page."""

from __future__ import annotations

from typing import Any, cast

from payments.gateway.calling import Json, ask, client, plain

INTENT_PARTS = ["latest_charge.balance_transaction"]
PORTAL: Json = {
    "business_profile": {"headline": "Your card and your invoices"},
    "features": {
        "payment_method_update": {"enabled": True},
        "invoice_history": {"enabled": True},
        "subscription_cancel": {"enabled": False},
        "subscription_update": {"enabled": False},
        "customer_update": {"enabled": False},
    },
    "metadata": {"made_for": "practicum-instalments-1"},
}


def retrieve_invoice(invoice_id: str) -> Json:
    """An invoice as it is now, with the payment behind it as `payment_intent` (charge and fee inside), or None.

    Invoices name their payments in a list since 2025-03-31.basil (https://docs.stripe.com/api/invoices/object).
    """
    parts = cast(Any, {"expand": ["payments"]})
    found = plain(ask(lambda: client().v1.invoices.retrieve(invoice_id, parts)))
    rows = (found.get("payments") or {}).get("data") or []
    rows = sorted(rows, key=lambda row: row.get("status") != "paid")
    intents = [row["payment"].get("payment_intent") for row in rows]
    found["payment_intent"] = retrieve_payment_intent(intents[0]) if intents and intents[0] else None
    return found


def retrieve_payment_intent(intent_id: str) -> Json:
    """A payment as it is now, with its charge and Stripe's fee."""
    parts = cast(Any, {"expand": INTENT_PARTS})
    return plain(ask(lambda: client().v1.payment_intents.retrieve(intent_id, parts)))


def bills_of(subscription_id: str) -> list[Json]:
    """A subscription's invoices as they are now, without the payments behind them, oldest first."""
    wanted = cast(Any, {"subscription": subscription_id, "limit": 100})
    found = ask(lambda: list(client().v1.invoices.list(wanted).auto_paging_iter()))
    return [plain(invoice) for invoice in reversed(found) if invoice.id]


def invoices_of(subscription_id: str) -> list[str]:
    """The names of a subscription's invoices, oldest first."""
    return [bill["id"] for bill in bills_of(subscription_id)]


def advance_invoice(invoice_id: str, *, on: bool, key: str) -> None:
    """Whether Stripe goes on collecting an invoice that is a draft or open
    (https://docs.stripe.com/invoicing/integration/automatic-advancement-collection)."""
    wanted = cast(Any, {"auto_advance": on})
    ask(lambda: client().v1.invoices.update(invoice_id, wanted, {"idempotency_key": key}))


def pause_collection(subscription_id: str, *, on: bool, key: str) -> None:
    """While it is on, Stripe makes each new invoice void at once and charges nobody; older ones go on by themselves
    (https://docs.stripe.com/billing/subscriptions/pause-payment)."""
    wanted = cast(Any, {"pause_collection": {"behavior": "void"} if on else ""})
    ask(lambda: client().v1.subscriptions.update(subscription_id, wanted, {"idempotency_key": key}))


def retrieve_subscription(subscription_id: str) -> Json:
    return plain(ask(lambda: client().v1.subscriptions.retrieve(subscription_id)))


def cancel_subscription(subscription_id: str, *, key: str) -> None:
    """End a subscription now; by default nothing is worked out anew and nothing more is charged
    (https://docs.stripe.com/api/subscriptions/cancel)."""
    ask(lambda: client().v1.subscriptions.cancel(subscription_id, options={"idempotency_key": key}))


def create_schedule(subscription_id: str, *, key: str) -> Json:
    """A schedule made from a subscription; Stripe takes no other parameter with it."""
    wanted = cast(Any, {"from_subscription": subscription_id})
    return plain(ask(lambda: client().v1.subscription_schedules.create(wanted, {"idempotency_key": key})))


def retrieve_schedule(schedule_id: str) -> Json:
    return plain(ask(lambda: client().v1.subscription_schedules.retrieve(schedule_id)))


def update_schedule(schedule_id: str, params: Json, *, key: str) -> Json:
    wanted = cast(Any, params)
    return plain(ask(lambda: client().v1.subscription_schedules.update(schedule_id, wanted, {"idempotency_key": key})))


def portal(customer_id: str, *, return_url: str) -> str:
    """The address of the customer's own page at Stripe: the card and the invoices, and no way to cancel."""
    asked = {"customer": customer_id, "return_url": return_url, "configuration": _portal_configuration()}
    wanted = cast(Any, asked)
    return ask(lambda: client().v1.billing_portal.sessions.create(wanted)).url


def _portal_configuration() -> str:
    """Ours among the account's configurations; made where it is missing."""
    listed = ask(lambda: list(client().v1.billing_portal.configurations.list({"active": True, "limit": 100})))
    for known in listed:
        if plain(known).get("metadata", {}).get("made_for") == PORTAL["metadata"]["made_for"]:
            return known.id
    return ask(lambda: client().v1.billing_portal.configurations.create(cast(Any, PORTAL))).id
