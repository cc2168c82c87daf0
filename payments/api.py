"""Where Stripe writes to us."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, current_app, request

from foundation.access import machine
from foundation.clock import now
from payments import doorkeeping, gateway, receiving

payments_api = Blueprint("payments_api", __name__)
log = structlog.get_logger()


@payments_api.post(doorkeeping.PATH)
@machine
def stripe() -> Response:
    """Keep it, say thanks. Whatever is here the doorkeeper has proved; without its word there is nothing to read."""
    try:
        event = gateway.read_event(request.environ[doorkeeping.PROVED])
    except gateway.Unreadable as error:
        log.warning("stripe.webhook_unreadable", reason=str(error))
        return _said("refused", 400)
    if bool(event.get("livemode")) != current_app.config["SETTINGS"].stripe_livemode:
        return _said("the other mode", 409)
    receiving.store_at_once(event, at=now())
    return _said("kept", 200)


def _said(words: str, status: int) -> Response:
    return Response(f"{words}\n", status, mimetype="text/plain")
