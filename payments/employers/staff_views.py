"""Staff: invoices to employers, and the transfers that came for them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from foundation.access import staff
from foundation.audit import record
from foundation.clock import now, today
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import Refused
from foundation.money import Money, read_money
from foundation.paging import paginate
from foundation.text import whole_number
from payments.employers import cancelling, issuing, letters, listing, recording
from payments.employers.forms import CancelForm, TransferForm
from payments.forms import PatienceForm
from payments.models import Invoice

staff_invoices = Blueprint("staff_invoices", __name__, url_prefix="/staff/invoices")
HEADER = ["Number", "Issued", "Due", "Company", "Purchase order", "Billing e-mail", "Trainee", "Cohort", "State"]
HEADER += ["Amount", "Received", "Open", "Currency"]
COLUMNS = (
    ("Number", "number"),
    ("Company", "company"),
    ("For", ""),
    ("Due", "due"),
    ("State", ""),
    ("Amount", "amount"),
    ("Open", ""),
)
Page = str | Response | tuple[str, int]
CHOICES = [
    ("unpaid", "Not paid"),
    ("overdue", "Overdue"),
    ("", "Any state"),
    ("paid", "Paid"),
    ("cancelled", "Cancelled"),
]


@staff_invoices.get("")
@staff("finance")
def invoices() -> str | Response:
    """Those that are not paid, the longest due first; every other one by its state."""
    words, state = request.args.get("words", "").strip()[:80], request.args.get("state", "unpaid")
    on = today(current_app.config["SETTINGS"].time_zone)
    sort = request.args.get("sort", "")[:20]
    query = listing.found(words, state, on=on, sort=sort)
    if request.args.get("format") == "csv":
        return csv_response("invoices.csv", HEADER, (_row(*found) for found in db.session.execute(query)))
    address = partial(url_for, "staff_invoices.invoices", words=words or None, state=state)
    kept = partial(address, sort=sort or None)
    return render_template(
        "staff/payments/invoices.html",
        page=paginate(query, request.args.get("page", 1, type=int), scalars=False),
        words=words,
        state=state,
        choices=CHOICES,
        state_words=listing.WORDS,
        on=on,
        rest=_rest,
        heads=[_head(label, name, sort, address) for label, name in COLUMNS],
        csv_url=kept(format="csv"),
        page_url=lambda number: kept(page=number),
    )


def _head(label: str, name: str, sort: str, address: Callable[..., str]) -> dict[str, Any]:
    """A heading; one that sorts turns the order round."""
    head: dict[str, Any] = {"label": label, "numeric": label in {"Amount", "Open"}}
    if name:
        head["sorted"] = {name: "ascending", f"-{name}": "descending"}.get(sort, "")
        head["href"] = address(sort=f"-{name}" if sort == name else name)
    return head


def _rest(invoice: Invoice, came: int) -> Money:
    """What is still asked for."""
    return Money(max(0, invoice.cents - int(came)) if invoice.is_open else 0, invoice.currency)


def _row(invoice: Invoice, came: int) -> list[Any]:
    order, came_in = invoice.order, Money(int(came), invoice.currency)
    named = [invoice.number, invoice.issued_at.date().isoformat(), invoice.due_on.isoformat(), invoice.company]
    whom = [invoice.purchase_order, invoice.billing_email, order.user.name, order.cohort.code, str(invoice.state)]
    sums = [invoice.amount.decimal, came_in.decimal, _rest(invoice, came).decimal, invoice.currency]
    return [*named, *whom, *sums]


@staff_invoices.get("/<public_id>")
@staff("finance")
def show(public_id: str) -> str:
    return invoice_page(listing.named(public_id))


def invoice_page(invoice: Invoice, *, patience: PatienceForm | None = None) -> str:
    """An invoice as it is opened; `patience`: what was refused on it."""
    return _page(invoice, TransferForm(formdata=None), CancelForm(formdata=None), patience)


def _page(invoice: Invoice, form: TransferForm, cancel_form: CancelForm, patience: PatienceForm | None = None) -> str:
    payments = listing.payments_of(invoice.order_id)
    came = sum(payment.cents for payment in payments)
    rest = Money(max(0, invoice.cents - came), invoice.currency)
    form.seen.data = str(came)
    if (patience or not form.is_submitted()) and invoice.is_open:
        form.amount.data = f"{rest.decimal:f}"
        form.on.data = today(current_app.config["SETTINGS"].time_zone)
    patience = patience or PatienceForm(formdata=None, until=invoice.order.patience_until)
    patience.reason.id = "patience-reason"  # the form that cancels has a reason too
    return render_template(
        "staff/payments/invoice.html",
        invoice=invoice,
        payments=payments,
        came=Money(came, invoice.currency),
        rest=rest,
        form=form,
        cancel_form=cancel_form,
        patience_form=patience,
        words=listing.WORDS,
        sums=issuing.sums(invoice),
        on=today(current_app.config["SETTINGS"].time_zone),
    )


@staff_invoices.post("/<public_id>/transfers")
@staff("finance")
def transfer(public_id: str) -> Page:
    """A transfer stands on the bank's statement."""
    invoice, form = listing.named(public_id), TransferForm()
    try:
        if not form.validate():
            return _page(invoice, form, CancelForm(formdata=None)), 422
        assert form.on.data is not None
        told = recording.Transfer(_cents(form, invoice), form.on.data, str(form.reference.data or ""))
        recording.take_in(invoice.id, told, seen=whole_number(form.seen.data), actor=current_user, at=now())
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _page(listing.named(public_id), form, CancelForm(formdata=None)), 422
    db.session.commit()
    flash(f"{Money(told.cents, invoice.currency)} written down. {listing.WORDS[invoice.state][0]}.", "good")
    return redirect(url_for("staff_invoices.show", public_id=public_id), 303)


def _cents(form: TransferForm, invoice: Invoice) -> int:
    try:
        return read_money(str(form.amount.data), invoice.currency).cents
    except ValueError as wrong:
        raise Refused(str(wrong), "amount") from None


@staff_invoices.post("/<public_id>/cancel")
@staff("finance")
def cancel(public_id: str) -> Page:
    """Nobody is asked for it any more; its credit note goes out."""
    invoice, form = listing.named(public_id), CancelForm()
    try:
        if not form.validate():
            return _page(invoice, TransferForm(formdata=None), form), 422
        cancelling.cancel(invoice.id, reason=str(form.reason.data), actor=current_user, at=now())
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _page(listing.named(public_id), TransferForm(formdata=None), form), 422
    db.session.commit()
    flash("Cancelled. The credit note is on its way to them.", "good")
    return redirect(url_for("staff_invoices.show", public_id=public_id), 303)


@staff_invoices.post("/<public_id>/send")
@staff("finance")
def send(public_id: str) -> Response:
    invoice = listing.named(public_id)
    letters.sent(invoice, at=now(), again=True)
    record("paper.sent_again", subject=invoice.order, actor=current_user, at=now(), number=invoice.number)
    db.session.commit()
    flash(f"On its way to {invoice.billing_email} once more.", "good")
    return redirect(url_for("staff_invoices.show", public_id=public_id), 303)
