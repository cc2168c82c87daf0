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
)
SESSION_PARTS = ["line_items", "payment_intent.latest_charge.balance_transaction"]

Json = dict[str, Any]
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
        max_network_retries=2,
        http_client=stripe.RequestsClient(timeout=cast(Any, (5, 20))),
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
    return _plain(_ask(lambda: client.v1.checkout.sessions.retrieve(session_id, parts)))


def expire_session(session_id: str) -> None:
    """End a session so that nobody can pay it. Raises GatewayRefused where it isn't open any more."""
    client = _client()
    _ask(lambda: client.v1.checkout.sessions.expire(session_id))


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
