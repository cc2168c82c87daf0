"""Staff: who stops, moves or takes a break; what waits for a fee is decided here."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from enrollment.models import Cohort
from foundation.access import staff
from foundation.clock import now
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.paging import paginate
from payments.changing import choosing, listing, moving
from payments.changing.ending_views import end_now, may_stop
from payments.changing.forms import AnswerForm, StaffMoveForm, StaffStopForm
from payments.fee_views import is_still_open
from payments.models import EnrollmentChange, EnrollmentOrder

staff_changes = Blueprint("staff_changes", __name__, url_prefix="/staff/changes")
HEADER = ["Asked", "Name", "E-mail", "What", "From", "To", "State", "Went back", "Fee", "Currency", "Reason"]
Page = str | Response | tuple[str, int]


@staff_changes.get("")
@staff("registrar", "finance", "admissions")
def changes() -> str | Response:
    words, state, kind = (request.args.get(name, "").strip()[:80] for name in ("words", "state", "kind"))
    query = listing.found(words, state, kind)
    if request.args.get("format") == "csv":
        return csv_response("changes.csv", HEADER, (_row(change) for change in db.session.scalars(query)))
    address = partial(url_for, "staff_changes.changes", words=words or None, state=state or None, kind=kind or None)
    return render_template(
        "staff/payments/changes.html",
        page=paginate(query, request.args.get("page", 1, type=int)),
        words=words,
        state=state,
        kind=kind,
        states=[("", "Any state"), *((str(one), word) for one, (word, _) in listing.WORDS.items())],
        kinds=[("", "Any kind"), *((str(one), word) for one, word in listing.KINDS.items())],
        state_words=listing.WORDS,
        kind_words=listing.KINDS,
        csv_url=address(format="csv"),
        page_url=lambda number: address(page=number),
    )


def _row(change: EnrollmentChange) -> list[object]:
    user, to = change.order.user, change.to_cohort
    who = [change.asked_on.isoformat(), user.name, user.email]
    what = [listing.KINDS[change.kind], change.from_cohort.code, to.code if to else "", str(change.state)]
    return [*who, *what, change.back.decimal, change.fee.decimal, change.currency, change.reason]


@staff_changes.get("/<public_id>")
@staff("registrar", "finance", "admissions")
def show(public_id: str) -> str:
    return _page(listing.named(public_id), AnswerForm())


def _page(change: EnrollmentChange, form: AnswerForm) -> str:
    return render_template(
        "staff/payments/change.html", change=change, form=form, words=listing.WORDS, kinds=listing.KINDS
    )


@staff_changes.post("/<public_id>")
@staff("registrar", "finance")
def decide(public_id: str) -> Page:
    """The fee is settled and it is done; or it is declined, with a reason."""
    change, form = listing.named(public_id), AnswerForm()
    if not form.validate():
        return _page(change, form), 422
    if not is_still_open(change):
        return redirect(url_for("staff_changes.show", public_id=public_id), 303)
    answer = str(form.answer.data)
    try:
        if request.form.get("do") == "carry_out":
            moving.carry_out(change, answer=answer, actor=current_user, at=now())
        else:
            moving.decline(change, answer=answer, actor=current_user, at=now())
    except Refused as refused:
        db.session.rollback()
        form.refuse(Refused(refused.message, "answer"))
        return _page(listing.named(public_id), form), 422
    db.session.commit()
    flash("Decided, and written to them.", "good")
    return redirect(url_for("staff_changes.changes"), 303)


@staff_changes.route("/move/<order_id>", methods=["GET", "POST"])
@staff("registrar", "finance")
def move(order_id: str) -> Page:
    """Staff move somebody themselves; the rules' number of moves and fee don't bind them."""
    order, form = _order(order_id), StaffMoveForm()
    cohorts = choosing.cohorts_for(order, at=now())
    form.cohort.choices = [(cohort.code, listing.name_of(cohort)) for cohort in cohorts]
    if not form.validate_on_submit():
        page = render_template("staff/payments/move.html", order=order, form=form, cohorts=cohorts)
        return (page, 422) if form.has_errors else page
    left, to = order.cohort, next(cohort for cohort in cohorts if cohort.code == form.cohort.data)
    try:
        moving.move_by_staff(order.id, to, reason=str(form.reason.data), actor=current_user, at=now())
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return render_template("staff/payments/move.html", order=_order(order_id), form=form, cohorts=cohorts), 422
    db.session.commit()
    flash("Moved, and written to them.", "good")
    return _on(left)


@staff_changes.route("/stop/<order_id>", methods=["GET", "POST"])
@staff("registrar", "finance")
def stop(order_id: str) -> Page:
    """Staff end a course for somebody, with the sum that the rules give."""
    order, form = _order(order_id), StaffStopForm()
    if not form.validate_on_submit():
        return _stop_page(order, form)
    if not may_stop(order):
        return redirect(url_for("staff_changes.stop", order_id=order_id), 303)
    left = order.cohort
    try:
        told = end_now(order.id, seen=form.seen, reason=str(form.reason.data), actor=current_user)
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _stop_page(_order(order_id), form)
    flash(f"They have left, and it is written to them. {told}", "good")
    return _on(left)


def _stop_page(order: EnrollmentOrder, form: StaffStopForm) -> Page:
    found = choosing.choices(order, at=now())
    form.sum.data = str(found.shown_cents)
    page = render_template("staff/payments/stop.html", order=order, form=form, found=found)
    return (page, 422) if form.has_errors else page


def _on(left: Cohort) -> Response:
    """To whoever else has to choose, where the school called the cohort off; else to all changes."""
    if left.cancelled_at is not None:
        return redirect(url_for("staff_calling_off.not_chosen", code=left.code), 303)
    return redirect(url_for("staff_changes.changes"), 303)


def _order(public_id: str) -> EnrollmentOrder:
    order = listing.order_named(public_id)
    if order is None or not choosing.may_change(order):
        raise NotFound
    return order
