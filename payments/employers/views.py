"""An invoice for whoever has its address: the employer's accounts have no account with us."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from foundation.access import public
from foundation.documents import typeset
from foundation.money import Money
from payments.employers import issuing, listing, recording

invoices = Blueprint("invoices", __name__)


@invoices.get("/invoices/<public_id>")
@public
def show(public_id: str) -> Response:
    """How it stands and how it is paid; the address can't be guessed, and search engines keep out."""
    invoice = listing.named(public_id)
    came, _ = recording.received(invoice.order_id)
    page = render_template(
        "payments/invoice.html",
        invoice=invoice,
        came=Money(came, invoice.currency),
        rest=Money(max(0, invoice.cents - came), invoice.currency),
        words=listing.WORDS,
        sums=issuing.sums(invoice),
    )
    return Response(page, headers={"X-Robots-Tag": "noindex", "Cache-Control": "no-store"})


@invoices.get("/invoices/<public_id>.pdf")
@public
def pdf(public_id: str) -> Response:
    invoice = listing.named(public_id)
    headers = {
        "Content-Disposition": f'inline; filename="invoice-{invoice.number}.pdf"',
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }
    return Response(typeset("invoice", issuing.document(invoice)), mimetype="application/pdf", headers=headers)
