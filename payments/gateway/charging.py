"""Payment pages, payments, refunds and disputes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from payments.gateway.billing import retrieve_invoice
from payments.gateway.calling import Json, ask, client, plain

SESSION_PARTS = ["line_items", "total_details.breakdown", "payment_intent.latest_charge.balance_transaction"]


def create_session(params: Json, *, key: str) -> Json:
    """A Checkout Session. The same key with the same parameters gives the same session for a day."""
    wanted = cast(Any, params)
    return plain(ask(lambda: client().v1.checkout.sessions.create(wanted, {"idempotency_key": key})))


def retrieve_session(session_id: str) -> Json:
    """The session as it is now, with its lines, its payment, the charge and Stripe's fee."""
    parts = cast(Any, {"expand": SESSION_PARTS})
    found = plain(ask(lambda: client().v1.checkout.sessions.retrieve(session_id, parts)))
    if found.get("mode") == "subscription" and found.get("invoice"):
        found["payment_intent"] = retrieve_invoice(found["invoice"])["payment_intent"]
    return found


def pages_of_paid_sessions(since: datetime) -> Iterator[list[Json]]:
    """Every session that was completed and made since a moment, a hundred at a time, newest first, each with its charge
    (https://docs.stripe.com/api/checkout/sessions/list).

    Read as it came: to make stripe-python's objects of a page, and plain data of those, takes longer than all the rest.
    """
    wanted: Json = {"created": {"gte": int(since.timestamp())}, "status": "complete", "limit": 100}
    wanted |= {"expand": ["data.payment_intent.latest_charge"]}
    while True:
        page = ask(lambda: client().raw_request("get", "/v1/checkout/sessions", **wanted)).data
        yield page["data"]
        if not page["has_more"]:
            return
        wanted["starting_after"] = page["data"][-1]["id"]


def expire_session(session_id: str) -> None:
    """End a session so that nobody can pay it. Raises GatewayRefused where it isn't open any more."""
    ask(lambda: client().v1.checkout.sessions.expire(session_id))


def calculate_tax(params: Json) -> Json:
    """What Stripe Tax says of sums and a place; nothing is kept by it (https://docs.stripe.com/api/tax/calculations)."""
    wanted = cast(Any, params)
    return plain(ask(lambda: client().v1.tax.calculations.create(wanted)))


def create_refund(params: Json, *, key: str) -> Json:
    wanted = cast(Any, params)
    return plain(ask(lambda: client().v1.refunds.create(wanted, {"idempotency_key": key})))


def retrieve_refund(refund_id: str) -> Json:
    return plain(ask(lambda: client().v1.refunds.retrieve(refund_id)))


def refunds_of(payment_intent_id: str) -> list[Json]:
    """Every refund of a payment, also those made in Stripe's Dashboard."""
    wanted = cast(Any, {"payment_intent": payment_intent_id, "limit": 100})
    return [plain(refund) for refund in ask(lambda: list(client().v1.refunds.list(wanted).auto_paging_iter()))]


def retrieve_dispute(dispute_id: str) -> Json:
    return plain(ask(lambda: client().v1.disputes.retrieve(dispute_id)))


def disputes_of(payment_intent_id: str) -> list[Json]:
    """Every dispute of a payment."""
    wanted = cast(Any, {"payment_intent": payment_intent_id, "limit": 100})
    return [plain(found) for found in ask(lambda: list(client().v1.disputes.list(wanted).auto_paging_iter()))]
