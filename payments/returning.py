"""Returning: after an act, staff are back where they came from: one person's money, an invoice, or the order."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from payments.models import EnrollmentOrder


def is_from_invoice() -> bool:
    """Whether the form stands on an invoice's page."""
    return request.form.get("back") == "invoice"


def back(order: EnrollmentOrder, anchor: str | None = None) -> Response:
    """The form's own `back` says where; without it, to the order."""
    if request.form.get("back") == "person":
        return redirect(url_for("staff_money.person", user_id=order.user_id, _anchor=anchor), 303)
    if is_from_invoice() and order.invoice is not None:
        return redirect(url_for("staff_invoices.show", public_id=order.invoice.public_id, _anchor=anchor), 303)
    return redirect(url_for("staff_payments.order", public_id=order.public_id, _anchor=anchor), 303)
