"""Where Stripe writes to us."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, current_app, request

from foundation.access import machine
from foundation.clock import now
from foundation.db import db
from payments import gateway, receiving

payments_api = Blueprint("payments_api", __name__)
LARGEST = 512 * 1024
log = structlog.get_logger()


@payments_api.post("/webhooks/stripe")
@machine
def stripe() -> Response:
    """Prove it, keep it, say thanks. Until the signature fits, nothing is read, asked or written."""
    if (request.content_length or 0) > LARGEST:
        return _said("too large", 413)
    payload = request.get_data(cache=False)
    try:
        event = gateway.read_event(payload, request.headers.get("Stripe-Signature", ""), at=now())
    except gateway.BadSignature as error:
        log.warning("stripe.webhook_refused", reason=str(error))
        return _said("refused", 400)
    if bool(event.get("livemode")) != current_app.config["SETTINGS"].stripe_livemode:
        return _said("the other mode", 409)
    receiving.store(event, at=now())
    db.session.commit()
    return _said("kept", 200)


def _said(words: str, status: int) -> Response:
    return Response(f"{words}\n", status, mimetype="text/plain")
