"""The papers of an order: what its buyer, and whoever keeps the books, may read and keep."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from foundation.access import signed_in
from foundation.documents import typeset
from foundation.errors import NotFound
from foundation.limits import limiter
from payments import crediting, gateway, queries, showing
from payments.models import EnrollmentOrder
from payments.receipts import document
from payments.views import mine_alone, orders


def may_read(public_id: str) -> EnrollmentOrder:
    """An order for its buyer, finance and the owner. Raises NotFound for everybody else."""
    order = queries.order_by_public_id(public_id)
    keeps_books = any(current_user.has_role(role) for role in ("finance", "owner"))
    if order is None or (order.user_id != current_user.id and not keeps_books):
        raise NotFound
    return order


@orders.get("/orders/<public_id>/credit-notes/<number>.pdf")
@signed_in
def credit_note(public_id: str, number: str) -> Response:
    notes = queries.credit_notes_of(may_read(public_id).id)
    found = next((note for note in notes if note.number == number), None)
    if found is None:
        raise NotFound
    headers = {"Content-Disposition": f'inline; filename="credit-note-{found.number}.pdf"', "Cache-Control": "no-store"}
    return Response(typeset("credit_note", crediting.document(found)), mimetype="application/pdf", headers=headers)


@orders.get("/orders/<public_id>/receipt.pdf")
@signed_in
def receipt(public_id: str) -> Response:
    found = queries.receipt_of(may_read(public_id).id, request.args.get("number", 1, type=int))
    if found is None:
        raise NotFound
    pdf = typeset("receipt", document(found))
    shown = f'inline; filename="receipt-{found.number}.pdf"'
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": shown})


@orders.get("/account/payments")
@signed_in
def mine() -> str:
    rows = queries.orders_of(current_user.id)
    return render_template("payments/mine.html", rows=[(order, showing.standing(order)) for order in rows])


@orders.post("/orders/<public_id>/portal")
@signed_in
@limiter.limit("20 per 10 minutes")
def portal(public_id: str) -> BaseResponse:
    """The buyer's own page at Stripe: the card that is charged, and the invoices."""
    order = mine_alone(public_id)
    if order.customer_id is None:
        raise NotFound
    home = url_for("orders.show", public_id=public_id, _external=True)
    try:
        return redirect(gateway.portal(order.customer_id, return_url=home), 303)
    except (gateway.GatewayDown, gateway.GatewayRefused):
        flash("Stripe does not answer at the moment. Try again in a minute.", "wait")
    return redirect(home, 303)


__all__ = ["orders"]
