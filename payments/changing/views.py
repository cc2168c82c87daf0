"""A trainee's own pages: stop, move or come later, with the sum worked out before anything is done."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from foundation.access import signed_in
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused
from payments import queries
from payments.changing import choosing, listing, moving
from payments.changing.choosing import Choices
from payments.changing.ending_views import end_now, may_stop
from payments.changing.forms import DeferForm, MoveForm, StopForm
from payments.extending import buying
from payments.fee_views import is_still_open, to_payment
from payments.models import EnrollmentChange, EnrollmentOrder

changes = Blueprint("changes", __name__)
Page = str | Response | tuple[str, int]


def _mine(public_id: str) -> EnrollmentOrder:
    """Only the buyer's own, and only while there is a course to change."""
    order = listing.order_named(public_id)
    if order is None or order.user_id != current_user.id or not choosing.may_change(order):
        raise NotFound
    return order


@changes.get("/account/changes")
@signed_in
def mine() -> str:
    """Every course that can be changed, and every change there was."""
    return render_template(
        "payments/changing/mine.html",
        orders=[order for order in queries.orders_of(current_user.id) if choosing.may_change(order)],
        done=listing.of_person(current_user.id),
        words=listing.WORDS,
    )


@changes.get("/orders/<public_id>/change")
@signed_in
def overview(public_id: str) -> str:
    order = _mine(public_id)
    at = now()
    return _page("overview", order, choosing.choices(order, at=at), time=buying.offered(order, at=at))


def _page(name: str, order: EnrollmentOrder, found: Choices, **more: Any) -> str:
    return render_template(f"payments/changing/{name}.html", order=order, found=found, words=listing.WORDS, **more)


@changes.route("/orders/<public_id>/stop", methods=["GET", "POST"])
@signed_in
def stop(public_id: str) -> Page:
    """The sum and its reasons; confirmed, the course ends and the money goes back at once."""
    order, form = _mine(public_id), StopForm()
    if not form.validate_on_submit():
        return _stop_page(order, form)
    if not may_stop(order):
        return redirect(url_for("changes.overview", public_id=public_id), 303)
    try:
        told = end_now(order.id, seen=form.seen, reason=str(form.reason.data or ""), actor=current_user)
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _stop_page(_mine(public_id), form)
    flash(f"You have left the course. {told}", "good")
    return redirect(url_for("orders.show", public_id=public_id), 303)


def _stop_page(order: EnrollmentOrder, form: StopForm) -> Page:
    found = choosing.choices(order, at=now())
    form.sum.data = str(found.shown_cents)
    page = _page("stop", order, found, form=form)
    return (page, 422) if form.has_errors else page


@changes.route("/orders/<public_id>/move", methods=["GET", "POST"])
@signed_in
def move(public_id: str) -> Page:
    """To another cohort, or back into one after a break."""
    order, form = _mine(public_id), MoveForm()
    found = choosing.choices(order, at=now())
    form.cohort.choices = [(cohort.code, listing.name_of(cohort)) for cohort in found.cohorts]
    if not form.validate_on_submit():
        return _move_page(order, found, form)
    to = next(cohort for cohort in found.cohorts if cohort.code == form.cohort.data)
    try:
        change = moving.ask_to_move(order.id, to, reason=str(form.reason.data or ""), actor=current_user, at=now())
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _move_page(_mine(public_id), found, form)
    return _done(change, "You have moved. Your new dates stand on the page of your order.")


def _done(change: EnrollmentChange, said: str) -> Response:
    """What is done is said; what wants a fee leads to the page on which it is paid."""
    order, number = change.order, change.due_number if change.is_open else None
    order_id, home, is_open = order.id, url_for("changes.overview", public_id=order.public_id), change.is_open
    db.session.commit()
    if number is not None:
        return to_payment(order_id, number, home)
    waits = "Asked. The school settles the fee with your employer, and writes to you."
    flash(waits if is_open else said, "wait" if is_open else "good")
    return redirect(url_for("changes.mine"), 303)


def _move_page(order: EnrollmentOrder, found: Choices, form: MoveForm) -> Page:
    page = _page("move", order, found, form=form)
    return (page, 422) if form.has_errors else page


@changes.route("/orders/<public_id>/defer", methods=["GET", "POST"])
@signed_in
def defer(public_id: str) -> Page:
    """Give up the seat now, and come back in a later cohort."""
    order, form = _mine(public_id), DeferForm()
    if not form.validate_on_submit():
        return _defer_page(order, form)
    try:
        change = moving.ask_to_defer(order.id, reason=str(form.reason.data or ""), actor=current_user, at=now())
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _defer_page(_mine(public_id), form)
    return _done(change, "Your seat is free, and your place is kept. Come back when you are ready.")


def _defer_page(order: EnrollmentOrder, form: DeferForm) -> Page:
    page = _page("defer", order, choosing.choices(order, at=now()), form=form)
    return (page, 422) if form.has_errors else page


@changes.post("/account/changes/<public_id>/pay")
@signed_in
def pay(public_id: str) -> Response:
    """The fee of what was asked for and waits."""
    change = listing.named(public_id)
    if change.order.user_id != current_user.id:
        raise NotFound
    home = url_for("changes.overview", public_id=change.order.public_id)
    if not change.is_open or change.due_number is None:
        return redirect(home, 303)
    return to_payment(change.order_id, change.due_number, home)


@changes.post("/account/changes/<public_id>/take-back")
@signed_in
def take_back(public_id: str) -> Response:
    change = listing.named(public_id)
    if change.order.user_id != current_user.id:
        raise NotFound
    if is_still_open(change):
        moving.take_back(change, actor=current_user, at=now())
        db.session.commit()
        flash("Taken back. Everything stays as it is.", "good")
    return redirect(url_for("changes.mine"), 303)
