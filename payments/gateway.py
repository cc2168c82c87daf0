"""The gateway to Stripe: the only file that speaks to it. What comes in is plain data, what goes wrong is our own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

import stripe
import structlog
from flask import current_app

from foundation.config import Settings

API_VERSION = "2026-10-28.endive"
TOLERANCE = timedelta(seconds=300)
TOLD = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_action_required",
    "invoice.marked_uncollectible",
    "customer.subscription.deleted",
)
TRIES, PATIENCE = 3, (1.0, 4.0)
"""How often Stripe is asked, and for how many seconds each time: to be reached, and to answer. A buyer waits."""
INTENT_PARTS = ["latest_charge.balance_transaction"]
SESSION_PARTS = ["line_items", "total_details.breakdown", "payment_intent.latest_charge.balance_transaction"]

Json = dict[str, Any]
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
T = TypeVar("T")
log = structlog.get_logger()
stripe.enable_telemetry = False


class GatewayDown(Exception):
    """Stripe did not answer, or asked us to wait. The same call may be made again with the same key."""


class GatewayRefused(Exception):
    """Stripe answered no. `code` and `param` are Stripe's own words."""

    def __init__(self, message: str, code: str = "", param: str = "", status: int = 400) -> None:
        super().__init__(message)
        self.code, self.param, self.status = code, param, status


class BadSignature(Exception):
    """A message that does not come from Stripe, or comes too late."""


def _client() -> stripe.StripeClient:
    """One client for the process; it may be shared between threads."""
    made: stripe.StripeClient | None = current_app.extensions.get("stripe")
    if made is None:
        made = current_app.extensions["stripe"] = _new_client(current_app.config["SETTINGS"])
    return made


def _new_client(settings: Settings) -> stripe.StripeClient:
    bases: Any = {"api": settings.stripe_api_base} if settings.uses_local_stripe else {}
    return stripe.StripeClient(
        settings.stripe_key,
        stripe_version=API_VERSION,
        max_network_retries=TRIES - 1,
        http_client=stripe.RequestsClient(timeout=cast(Any, PATIENCE)),
        base_addresses=bases,
    )


def _ask(call: Callable[[], T]) -> T:
    """Stripe's errors in our words. 429, 5xx, and silence are `down`; the rest is `refused`."""
    try:
        return call()
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise GatewayDown(str(error)) from error
    except stripe.StripeError as error:
        status = error.http_status or 500
        log.warning("stripe.error", status=status, code=error.code, request_id=error.request_id)
        if status >= 500 or status in {409, 429}:
            raise GatewayDown(str(error)) from error
        param = str(getattr(error, "param", None) or "")
        raise GatewayRefused(str(error.user_message or error), str(error.code or ""), param, status) from error


def _plain(found: stripe.StripeObject) -> Json:
    return found.to_dict()


def create_session(params: Json, *, key: str) -> Json:
    """A Checkout Session. The same key with the same parameters gives the same session for a day."""
    client, wanted = _client(), cast(Any, params)
    return _plain(_ask(lambda: client.v1.checkout.sessions.create(wanted, {"idempotency_key": key})))


def retrieve_session(session_id: str) -> Json:
    """The session as it is now, with its lines, its payment, the charge and Stripe's fee."""
    client, parts = _client(), cast(Any, {"expand": SESSION_PARTS})
    found = _plain(_ask(lambda: client.v1.checkout.sessions.retrieve(session_id, parts)))
    if found.get("mode") == "subscription" and found.get("invoice"):
        found["payment_intent"] = retrieve_invoice(found["invoice"])["payment_intent"]
    return found


def expire_session(session_id: str) -> None:
    """End a session so that nobody can pay it. Raises GatewayRefused where it isn't open any more."""
    client = _client()
    _ask(lambda: client.v1.checkout.sessions.expire(session_id))


def retrieve_invoice(invoice_id: str) -> Json:
    """An invoice as it is now, with the payment behind it as `payment_intent` (charge and fee inside), or None.

    Invoices name their payments in a list since 2025-03-31.basil (https://docs.stripe.com/api/invoices/object).
    """
    client, parts = _client(), cast(Any, {"expand": ["payments"]})
    found = _plain(_ask(lambda: client.v1.invoices.retrieve(invoice_id, parts)))
    rows = (found.get("payments") or {}).get("data") or []
    rows = sorted(rows, key=lambda row: row.get("status") != "paid")
    intents = [row["payment"].get("payment_intent") for row in rows]
    found["payment_intent"] = retrieve_payment_intent(intents[0]) if intents and intents[0] else None
    return found


def retrieve_payment_intent(intent_id: str) -> Json:
    client, parts = _client(), cast(Any, {"expand": INTENT_PARTS})
    return _plain(_ask(lambda: client.v1.payment_intents.retrieve(intent_id, parts)))


def invoices_of(subscription_id: str) -> list[str]:
    """The names of a subscription's invoices, oldest first."""
    client, wanted = _client(), cast(Any, {"subscription": subscription_id, "limit": 100})
    found = _ask(lambda: list(client.v1.invoices.list(wanted).auto_paging_iter()))
    return [invoice.id for invoice in reversed(found) if invoice.id]


def retrieve_subscription(subscription_id: str) -> Json:
    client = _client()
    return _plain(_ask(lambda: client.v1.subscriptions.retrieve(subscription_id)))


def cancel_subscription(subscription_id: str, *, key: str) -> None:
    """End a subscription now; by default nothing is worked out anew and nothing more is charged
    (https://docs.stripe.com/api/subscriptions/cancel)."""
    client = _client()
    _ask(lambda: client.v1.subscriptions.cancel(subscription_id, options={"idempotency_key": key}))


def create_schedule(subscription_id: str, *, key: str) -> Json:
    """A schedule made from a subscription; Stripe takes no other parameter with it."""
    client, wanted = _client(), cast(Any, {"from_subscription": subscription_id})
    return _plain(_ask(lambda: client.v1.subscription_schedules.create(wanted, {"idempotency_key": key})))


def retrieve_schedule(schedule_id: str) -> Json:
    client = _client()
    return _plain(_ask(lambda: client.v1.subscription_schedules.retrieve(schedule_id)))


def update_schedule(schedule_id: str, params: Json, *, key: str) -> Json:
    client, wanted = _client(), cast(Any, params)
    return _plain(_ask(lambda: client.v1.subscription_schedules.update(schedule_id, wanted, {"idempotency_key": key})))


def portal(customer_id: str, *, return_url: str) -> str:
    """The address of the customer's own page at Stripe: the card and the invoices, and no way to cancel."""
    client = _client()
    wanted = cast(
        Any, {"customer": customer_id, "return_url": return_url, "configuration": _portal_configuration(client)}
    )
    return _ask(lambda: client.v1.billing_portal.sessions.create(wanted)).url


def _portal_configuration(client: stripe.StripeClient) -> str:
    """Ours among the account's configurations; made where it is missing."""
    listed = _ask(lambda: list(client.v1.billing_portal.configurations.list({"active": True, "limit": 100})))
    for known in listed:
        if _plain(known).get("metadata", {}).get("made_for") == PORTAL["metadata"]["made_for"]:
            return known.id
    return _ask(lambda: client.v1.billing_portal.configurations.create(cast(Any, PORTAL))).id


def create_refund(params: Json, *, key: str) -> Json:
    client, wanted = _client(), cast(Any, params)
    return _plain(_ask(lambda: client.v1.refunds.create(wanted, {"idempotency_key": key})))


def retrieve_refund(refund_id: str) -> Json:
    client = _client()
    return _plain(_ask(lambda: client.v1.refunds.retrieve(refund_id)))


def refunds_of(payment_intent_id: str) -> list[Json]:
    """Every refund of a payment, also those made in Stripe's Dashboard."""
    client, wanted = _client(), cast(Any, {"payment_intent": payment_intent_id, "limit": 100})
    return [_plain(refund) for refund in _ask(lambda: list(client.v1.refunds.list(wanted).auto_paging_iter()))]


def retrieve_dispute(dispute_id: str) -> Json:
    client = _client()
    return _plain(_ask(lambda: client.v1.disputes.retrieve(dispute_id)))


def disputes_of(payment_intent_id: str) -> list[Json]:
    """Every dispute of a payment."""
    client, wanted = _client(), cast(Any, {"payment_intent": payment_intent_id, "limit": 100})
    return [_plain(found) for found in _ask(lambda: list(client.v1.disputes.list(wanted).auto_paging_iter()))]


def undelivered_events(since: datetime) -> list[Json]:
    """Events Stripe could not deliver, oldest first. Stripe keeps them for 30 days
    (https://docs.stripe.com/webhooks/process-undelivered-events)."""
    client = _client()
    wanted = cast(
        Any,
        {
            "types": list(TOLD),
            "delivery_success": False,
            "created": {"gte": int(since.timestamp())},
            "limit": 100,
        },
    )
    found = _ask(lambda: list(client.v1.events.list(wanted).auto_paging_iter()))
    return [_plain(event) for event in reversed(found)]


def read_event(payload: bytes, header: str, *, at: datetime) -> Json:
    """An event that Stripe signed with one of our secrets, at most 300 s ago and at most 300 s ahead of our clock.

    Touches nothing but the bytes. Raises BadSignature; stripe-python itself lets the future pass, and raises
    UnicodeDecodeError and ValueError on bytes that aren't text and on thin events.
    """
    secrets = [secret for secret in current_app.config["SETTINGS"].stripe_webhook_secrets if secret]
    _refuse_future(header, at)
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(payload.decode(), header, secret, int(TOLERANCE.total_seconds()))
        except stripe.SignatureVerificationError:
            continue
        except ValueError as error:
            raise BadSignature("unreadable") from error
        return _event(payload)
    raise BadSignature("no secret fits" if secrets else "no secret is set")


def _refuse_future(header: str, at: datetime) -> None:
    stamps = [part[2:] for part in header.split(",") if part.startswith("t=")]
    if len(stamps) != 1 or not stamps[0].isascii() or not stamps[0].isdigit() or len(stamps[0]) > 12:
        raise BadSignature("no time")
    if int(stamps[0]) > (at + TOLERANCE).timestamp():
        raise BadSignature("from the future")


def _event(payload: bytes) -> Json:
    try:
        event = json.loads(payload)
    except ValueError as error:
        raise BadSignature("no JSON") from error
    if not isinstance(event, dict) or event.get("object") != "event" or not _is_whole(event):
        raise BadSignature("not an event of this kind")
    return event


def _is_whole(event: Json) -> bool:
    data = event.get("data")
    about = data.get("object") if isinstance(data, dict) else None
    texts = (event.get("id"), event.get("type"))
    return isinstance(about, dict) and all(isinstance(text, str) and text for text in texts)
