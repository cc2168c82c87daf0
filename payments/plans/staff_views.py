"""Staff: what is paid later on an order. Waive a part, ask for it again, wait with what follows."""

from __future__ import annotations

from flask import flash
from flask_login import current_user
from werkzeug.wrappers import Response

from foundation.access import staff
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.forms import Form
from payments import listing, ordering, owing, returning, waiving
from payments.employers.staff_views import invoice_page
from payments.forms import PatienceForm, WaiveForm
from payments.models import DueState, EnrollmentOrder, WaiverKind
from payments.plans import arrears
from payments.staff_views import order_page, staff_payments


def _order(public_id: str) -> EnrollmentOrder:
    found = listing.by_public_id(public_id)
    if found is None:
        raise NotFound
    return ordering.locked(found.id)


def _back(order: EnrollmentOrder, form: Form | None = None) -> Response:
    for problems in form.errors.values() if form else ():
        flash(str(problems[0]), "bad")
    return returning.back(order, "parts")


@staff_payments.post("/<public_id>/waive")
@staff("finance")
def waive(public_id: str) -> Response:
    """An open part is let go of; a waived one is asked for again."""
    found, form = _order(public_id), WaiveForm()
    if not form.validate_on_submit():
        return _back(found, form)
    due = next((one for one in owing.dues_of(found.id) if one.number == form.number.data), None)
    if due is None:
        raise NotFound
    facts = {"reason": str(form.reason.data), "actor": current_user, "at": now()}
    try:
        if form.do.data == "ask":
            waiving.ask_again(due, **facts)
        else:
            waiving.waive(due, kind=WaiverKind(form.kind.data), **facts)
        arrears.follow(found, at=now())
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
        return _back(_order(public_id))
    db.session.commit()
    flash("Waived. Nobody is asked for it any more." if due.state == DueState.WAIVED else "It is due again.", "good")
    return _back(found)


@staff_payments.post("/<public_id>/patience")
@staff("finance")
def patience(public_id: str) -> Response | tuple[str, int]:
    """Wait until a day with closing the course; without a day, wait no longer."""
    found, form = _order(public_id), PatienceForm()
    if not form.validate_on_submit():
        return _not_yet(found, form), 422
    try:
        arrears.be_patient(found.id, form.until.data, reason=str(form.reason.data), actor=current_user, at=now())
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _not_yet(_order(public_id), form), 422
    db.session.commit()
    flash("We wait; the course stays open." if form.until.data else "We wait no longer.", "good")
    return _back(found)


def _not_yet(order: EnrollmentOrder, form: PatienceForm) -> str:
    """The page that the form stands on, with what was typed."""
    if returning.is_from_invoice() and order.invoice is not None:
        return invoice_page(order.invoice, patience=form)
    return order_page(order, patience=form)


__all__ = ["staff_payments"]
