"""An order that an employer pays by invoice."""

from __future__ import annotations

import pytest

from foundation.db import db

BILL = {
    "company": "Marlow Freight",
    "address": "4 Dock Road\nPortland, Maine",
    "tax_number": "US-77",
    "purchase_order": "PO-1881",
    "billing_email": "accounts.marlow@example.com",
}


@pytest.fixture
def by_invoice(buyer, school):
    return school.plan(buyer.cohort, "invoice", title="My employer pays", invoice_days=30)


def order_by_invoice(buyer, plan, **wishes):
    typed = {"agreed": "y", "plan": plan.public_id} | BILL | wishes
    return buyer.client.submit(f"/enroll/{buyer.cohort.code}", typed)


def invoices(app):
    from payments.models import Invoice

    with app.app_context():
        found = db.session.query(Invoice).order_by(Invoice.id).all()
        db.session.expunge_all()
        return found


@pytest.fixture
def invoiced(buyer, by_invoice):
    assert order_by_invoice(buyer, by_invoice).status_code == 303
    return buyer


def page_of(app):
    return f"/staff/invoices/{invoices(app)[-1].public_id}"


def pay(app, finance, amount, **wishes):
    page = page_of(app)
    typed = {"amount": amount, "on": "2026-11-01", "reference": "TRX-9"} | wishes
    return finance.submit(f"{page}/transfers", typed, on=page)


def state(app):
    return str(invoices(app)[-1].state)
