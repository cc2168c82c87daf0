"""Calling Stripe: one client, and its errors in our words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import stripe
import structlog
from flask import current_app

from foundation.config import Settings

Json = dict[str, Any]
API_VERSION = "2026-10-28.endive"
TRIES, PATIENCE = 3, (1.0, 4.0)
"""How often Stripe is asked, and for how many seconds each time: to be reached, and to answer. A buyer waits."""
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


def client() -> stripe.StripeClient:
    """One client for the process and its settings; it may be shared between threads."""
    settings: Settings = current_app.config["SETTINGS"]
    kept: tuple[Settings, stripe.StripeClient] | None = current_app.extensions.get("stripe")
    if kept is None or kept[0] is not settings:
        kept = current_app.extensions["stripe"] = (settings, _new_client(settings))
    return kept[1]


def _new_client(settings: Settings) -> stripe.StripeClient:
    bases: Any = {"api": settings.stripe_api_base} if settings.uses_local_stripe else {}
    return stripe.StripeClient(
        settings.stripe_key,
        stripe_version=API_VERSION,
        max_network_retries=TRIES - 1,
        http_client=stripe.RequestsClient(timeout=cast(Any, PATIENCE)),
        base_addresses=bases,
    )


def ask(call: Callable[[], T]) -> T:
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


def plain(found: stripe.StripeObject) -> Json:
    return found.to_dict()
