"""Where Stripe writes to us."""

from __future__ import annotations

import structlog
from flask import Blueprint, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from foundation.access import machine
from foundation.clock import now
from foundation.db import db
from payments import gateway, receiving

payments_api = Blueprint("payments_api", __name__)
LARGEST = 512 * 1024
log = structlog.get_logger()


@payments_api.post("/webhooks/stripe")
@machine
def stripe() -> tuple[str, int]:
    """Prove it, keep it, say thanks. Until the signature fits, nothing is read, asked or written."""
    request.max_content_length = LARGEST
    try:
        payload = request.get_data(cache=False)
        event = gateway.read_event(payload, request.headers.get("Stripe-Signature", ""), at=now())
    except RequestEntityTooLarge:
        return "too large\n", 413
    except gateway.BadSignature as error:
        log.warning("stripe.webhook_refused", reason=str(error))
        return "refused\n", 400
    if bool(event.get("livemode")) != current_app.config["SETTINGS"].stripe_livemode:
        return "the other mode\n", 409
    receiving.store(event, at=now())
    db.session.commit()
    return "kept\n", 200
