"""To the page on which one part of an order is paid: a fee for more time or for a move."""

from __future__ import annotations

from flask import flash, redirect
from werkzeug.wrappers import Response

from foundation.clock import now
from foundation.db import db
from payments import gateway, paying


def to_payment(order_id: int, number: int, home: str) -> Response:
    """Where Stripe is silent, to a page of ours from which it can be paid later."""
    opening = paying.Opening(order_id, number=number)
    try:
        for _ in opening.steps(at=now()):
            db.session.commit()
    except gateway.GatewayDown:
        db.session.rollback()
        flash("The payment page does not answer at the moment. Nothing was charged; try again in a minute.", "wait")
    return redirect(opening.url or home, 303)
