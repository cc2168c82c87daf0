"""Webhooks: signs events and delivers them until they are answered (https://docs.stripe.com/webhooks)."""

import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import Any

import requests
from flask import Blueprint
from psycopg.types.json import Jsonb

from payments.sandbox import listing
from payments.sandbox.answering import Call, endpoint
from payments.sandbox.shapes import EXPAND, Fields
from payments.sandbox.shapes import listing as list_shape
from payments.sandbox.store import Json, Store, Work

bp = Blueprint("webhooks", __name__)
ENDPOINT_ID = "we_1LocalStripeEndpoint000"
TOO_OLD = 400


def sign(payload: bytes, secret: str, at: int) -> str:
    """Stripe's signature, scheme v1: HMAC-SHA256 over `<time>.<payload>`, in hex."""
    return hmac.new(secret.encode(), b"%d." % at + payload, hashlib.sha256).hexdigest()


def signature_header(payload: bytes, secret: str, signing: str, at: int) -> str:
    if signing == "old_timestamp":
        at -= TOO_OLD
    wrong = sign(payload, secret + "_rolled", at)
    right = sign(payload, secret, at)
    if signing == "wrong_signature":
        return f"t={at},v1={wrong}"
    if signing == "two_signatures":
        return f"t={at},v1={wrong},v1={right}"
    return f"t={at},v1={right}"


@dataclass(frozen=True)
class Delivery:
    id: int
    event_id: str
    payload: str
    attempts: int
    ignored_answers: int
    signing: str


def claim(store: Store) -> Delivery | None:
    """The next delivery that is due, leased: if this process dies, it is due again after the lease."""
    now = time.time()
    lease = store.settings.webhook_timeout + 5
    with store.work() as work:
        rows = work.rows(
            "UPDATE delivery SET due_at = %s WHERE id = (SELECT id FROM delivery"
            " WHERE state = 'pending' AND due_at <= %s ORDER BY rank LIMIT 1 FOR UPDATE SKIP LOCKED)"
            " RETURNING id, event_id, payload, attempts, ignored_answers, signing",
            *(now + lease, now),
        )
        return Delivery(*rows[0]) if rows else None


def deliver(store: Store, delivery: Delivery) -> None:
    """POST the event, write down the answer; without a 2xx it is due again later."""
    settings, payload = store.settings, delivery.payload.encode()
    header = signature_header(payload, settings.webhook_secret, delivery.signing, int(time.time()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": header,
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    }
    answer: Json = {"at": time.time()}
    try:
        response = requests.post(
            settings.webhook_url,
            payload,
            headers=headers,
            timeout=settings.webhook_timeout,
            allow_redirects=False,
        )
        answer["status"] = response.status_code
    except requests.RequestException as error:
        answer["error"] = type(error).__name__
    with store.work() as work:
        _write_down(work, delivery, answer)


def _write_down(work: Work, delivery: Delivery, answer: Json) -> None:
    taken = 200 <= answer.get("status", 0) < 300
    ignored = taken and delivery.ignored_answers > 0
    if ignored:
        answer["ignored"] = True
    pauses = work.settings.retry_after
    state = "delivered" if taken and not ignored else "pending" if delivery.attempts < len(pauses) else "failed"
    pause = pauses[min(delivery.attempts, len(pauses) - 1)] if pauses else 0
    work.run(
        "UPDATE delivery SET state = %s, attempts = attempts + 1, due_at = %s, ignored_answers = %s,"
        " answers = answers || %s WHERE id = %s",
        *(state, time.time() + pause, max(delivery.ignored_answers - int(ignored), 0)),
        *(Jsonb([answer]), delivery.id),
    )


def resend(work: Work, delivery_id: int) -> bool:
    """Deliver again, now, whatever became of it."""
    return bool(
        work.run(
            "UPDATE delivery SET state = 'pending', signing = 'right', due_at = %s WHERE id = %s",
            *(time.time(), delivery_id),
        )
    )


def recent(work: Work, limit: int = 50) -> list[dict[str, Any]]:
    names = ("id", "event_id", "event_type", "state", "due_at", "attempts", "signing", "answers")
    rows = work.rows(f"SELECT {', '.join(names)} FROM delivery ORDER BY id DESC LIMIT %s", limit)
    return [dict(zip(names, row, strict=True)) for row in rows]


def registered(work: Work) -> list[Json]:
    """The one endpoint that the settings name, if they name any."""
    settings = work.settings
    if not settings.webhook_url:
        return []
    return [
        {
            "id": ENDPOINT_ID,
            "object": "webhook_endpoint",
            "api_version": settings.api_version,
            "application": None,
            "created": 1767225600,
            "description": "Named by the settings of the local Stripe",
            "enabled_events": list(settings.webhook_events),
            "livemode": False,
            "metadata": {},
            "status": "enabled",
            "url": settings.webhook_url,
        }
    ]


@endpoint(bp, "GET", "/v1/webhook_endpoints", list_shape())
def list_endpoints(call: Call) -> Json:
    return listing.as_list(registered(call.work), "/v1/webhook_endpoints")


@endpoint(bp, "GET", "/v1/webhook_endpoints/<id_>", Fields({"expand": EXPAND}))
def retrieve_endpoint(call: Call, id_: str) -> Json:
    return next((e for e in registered(call.work) if e["id"] == id_), None) or call.work.get("webhook_endpoint", id_)
