"""To the page on which one part of an order is paid: a fee for more time or for a move."""

from __future__ import annotations

from flask import flash, redirect
from werkzeug.wrappers import Response

from enrollment.seating import SoldOut
from foundation.clock import now
from foundation.db import db
from payments import gateway, paying
from payments.models import EnrollmentChange


def to_payment(order_id: int, number: int, home: str) -> Response:
    """Where Stripe is silent, to a page of ours from which it can be paid later."""
    opening = paying.Opening(order_id, number=number)
    try:
        for _ in opening.steps(at=now()):
            db.session.commit()
    except gateway.GatewayDown:
        db.session.rollback()
        flash("The payment page does not answer at the moment. Nothing was charged; try again in a minute.", "wait")
    except SoldOut as gone:
        db.session.rollback()
        flash(f"{gone.message} Nothing was charged. Take it back and choose another cohort, or try later.", "bad")
    return redirect(opening.url or home, 303)


def is_still_open(change: EnrollmentChange) -> bool:
    """Close the page on which the fee of a wish is paid; False, with words, where it can't be taken back now."""
    try:
        if change.is_open and change.due_number is not None:
            paying.close_page(change.order_id, change.due_number, at=now())
            db.session.commit()
            db.session.refresh(change)
    except gateway.GatewayDown:
        db.session.rollback()
        flash("Stripe does not answer, so the payment page could not be closed. Try again in a minute.", "wait")
        return False
    if not change.is_open:
        flash("The fee had been paid already, and it is done.", "note")
    return change.is_open
