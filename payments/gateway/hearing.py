"""What Stripe tells: events it signed, and those it could not deliver."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from foundation.text import storable
from payments.gateway.calling import Json, ask, client, plain

TOLERANCE = timedelta(seconds=300)
ODD = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""Escapes that may spell what can't be kept; an event without them is kept as it came."""
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


class Unreadable(Exception):
    """A message of Stripe's that holds no event of the kind that we were to be told."""


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


@dataclass(frozen=True, slots=True)
class Signature:
    """What the header `Stripe-Signature` says: a time, and one signature for each secret while one is rolled.

    Checked by Stripe's own recipe (https://docs.stripe.com/webhooks#verify-manually) and over the very bytes;
    stripe-python lets the future pass, raises UnicodeDecodeError on what isn't text, and takes three times as long.
    """

    time: str
    signed: tuple[str, ...]

    @classmethod
    def read(cls, header: str, *, at: datetime) -> Signature:
        """Raises BadSignature unless it was made at most 300 s ago, and at most 300 s ahead of our clock."""
        parts = [part.partition("=") for part in header.split(",")]
        times = [value for name, _, value in parts if name == "t"]
        if len(times) != 1 or not (times[0].isascii() and times[0].isdigit()) or len(times[0]) > 12:
            raise BadSignature("no time")
        if abs(at.timestamp() - int(times[0])) > TOLERANCE.total_seconds():
            raise BadSignature("from another time")
        return cls(times[0], tuple(value for name, _, value in parts if name == "v1" and value.isascii()))

    def prove(self, payload: bytes, secrets: Iterable[str]) -> None:
        """Raises BadSignature where none of our secrets made one of the signatures over these bytes."""
        bytes_ = self.time.encode() + b"." + payload
        for secret in filter(None, secrets):
            ours = hmac.digest(secret.encode(), bytes_, "sha256").hex()
            if any(hmac.compare_digest(ours, theirs) for theirs in self.signed):
                return
        raise BadSignature("no secret fits")


def read_event(payload: bytes) -> Json:
    """The event in a message that is proved. Raises Unreadable for what holds none, as a thin event does."""
    try:
        event = json.loads(payload)
    except ValueError as error:
        raise Unreadable("no JSON") from error
    except RecursionError as error:
        raise Unreadable("nested without end") from error
    if ODD.search(payload):
        event = storable(event)
    if not isinstance(event, dict) or event.get("object") != "event" or not _is_whole(event):
        raise Unreadable("not an event of this kind")
    return event


def _is_whole(event: Json) -> bool:
    data = event.get("data")
    about = data.get("object") if isinstance(data, dict) else None
    texts = (event.get("id"), event.get("type"))
    return isinstance(about, dict) and all(isinstance(text, str) and text for text in texts)
