"""What Stripe tells: events it signed, and those it could not deliver."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, cast

import stripe
from flask import current_app

from payments.gateway.calling import Json, ask, client, plain

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


class BadSignature(Exception):
    """A message that does not come from Stripe, or comes too late."""


def undelivered_events(since: datetime) -> list[Json]:
    """Events Stripe could not deliver, oldest first. Stripe keeps them for 30 days
    (https://docs.stripe.com/webhooks/process-undelivered-events)."""
    wanted = cast(
        Any,
        {
            "types": list(TOLD),
            "delivery_success": False,
            "created": {"gte": int(since.timestamp())},
            "limit": 100,
        },
    )
    found = ask(lambda: list(client().v1.events.list(wanted).auto_paging_iter()))
    return [plain(event) for event in reversed(found)]


def webhook_endpoints() -> list[Json]:
    """Where Stripe writes to, and of what (https://docs.stripe.com/api/webhook_endpoints/list)."""
    found = ask(lambda: list(client().v1.webhook_endpoints.list(cast(Any, {"limit": 100})).auto_paging_iter()))
    return [plain(endpoint) for endpoint in found]


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
