"""A trainee buys more time: what it costs and until when it would last, then the payment page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from foundation.access import signed_in
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.forms import Form
from foundation.limits import limiter
from payments.changing import listing
from payments.extending import buying
from payments.fee_views import to_payment
from payments.models import EnrollmentOrder

extending = Blueprint("extending", __name__)
Page = str | Response | tuple[str, int]


def _mine(public_id: str) -> EnrollmentOrder:
    order = listing.order_named(public_id)
    if order is None or order.user_id != current_user.id or order.enrollment is None:
        raise NotFound
    return order


@extending.get("/orders/<public_id>/longer")
@signed_in
def form(public_id: str) -> Page:
    return _page(_mine(public_id), Form(formdata=None))


def _page(order: EnrollmentOrder, form: Form) -> Page:
    offer = buying.offered(order, at=now())
    if offer is None:
        raise NotFound
    page = render_template("payments/changing/longer.html", order=order, offer=offer, form=form)
    return (page, 422) if form.has_errors else page


@extending.post("/orders/<public_id>/longer")
@signed_in
@limiter.limit("20 per 10 minutes")
def buy(public_id: str) -> Page:
    order, form = _mine(public_id), Form()
    if not form.validate():
        return _page(order, form)
    try:
        due = buying.buy(order.id, at=now())
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _page(_mine(public_id), form)
    db.session.commit()
    if due is None:
        flash("Done: your time is longer.", "good")
        return redirect(url_for("changes.overview", public_id=public_id), 303)
    return to_payment(order.id, due.number, url_for("orders.show", public_id=public_id))
