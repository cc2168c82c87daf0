"""A buyer's pages: enroll, the order while it waits and after, what was paid."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from flask_security.confirmable import send_confirmation_instructions
from flask_security.utils import login_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from accounts import joining
from accounts.models import User
from enrollment import seating
from enrollment.models import Cohort
from foundation.access import public, signed_in
from foundation.audit import record
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.limits import limiter
from payments import (
    gateway,
    letters,
    ordering,
    owing,
    paying,
    queries,
    reconciling,
    settling,
    showing,
)
from payments.changing.choosing import may_change
from payments.employers import assessing, beginning, issuing
from payments.employers.issuing import Bill
from payments.enroll_page import Page, cohort_shown, enroll_page
from payments.forms import ActForm, AgreeForm, EnrollForm, form_for
from payments.models import EnrollmentOrder, OrderState, PlanKind
from payments.pricing import quoting
from payments.scholarships import giving

enroll = Blueprint("enroll", __name__)
orders = Blueprint("orders", __name__)


@enroll.get("/enroll/<code>")
@public
def form(code: str) -> Page:
    filled = form_for(current_user)
    cohort = cohort_shown(code)
    filled.promo.data = request.args.get("promo", "")[:40] or giving.code_for(current_user, cohort, now())
    filled.plan.data = request.args.get("plan", "")[:22]
    return enroll_page(cohort, filled)


@enroll.post("/enroll/<code>")
@public
@limiter.limit("30 per 10 minutes")
def place(code: str) -> Page:
    cohort, filled = cohort_shown(code), form_for(current_user)
    if not filled.validate_on_submit():
        return enroll_page(cohort, filled)
    try:
        order = _placed(cohort, filled, _bill(cohort, filled))
    except ordering.AlreadyIn:
        return redirect(url_for("enroll.form", code=code), 303)
    except Refused as refused:
        db.session.rollback()
        filled.refuse(refused)
        return enroll_page(cohort_shown(code), filled)
    is_paid_here = order.amount_cents and order.state != OrderState.INVOICED
    return _to_payment(order) if is_paid_here else redirect(_home(order), 303)


@enroll.route("/enroll/<code>/look", methods=["GET", "POST"])
@public
@limiter.limit("120 per 10 minutes")
def look(code: str) -> Page:
    """A week worked out, or the price with a code: nothing is ordered, and nothing that was typed is lost."""
    if request.method == "GET":
        return redirect(url_for("enroll.form", code=code))
    return enroll_page(cohort_shown(code), form_for(current_user))


def _home(order: EnrollmentOrder) -> str:
    return url_for("orders.show", public_id=order.public_id)


def _bill(cohort: Cohort, filled: AgreeForm) -> Bill:
    """Who is sent the invoice; where an employer pays, with the tax, for which Stripe is asked before anything is
    written or locked. Raises Refused."""
    bill = filled.bill()
    if not assessing.is_wanted():
        return bill
    user = db.session.get(User, current_user.id) if current_user.is_authenticated else None
    offer, _ = quoting.chosen(cohort, str(filled.plan.data or ""), str(filled.promo.data or ""), user, at=now())
    db.session.rollback()
    return assessing.assessed(issuing.check(bill), offer.total) if offer.is_invoice else bill


def _placed(cohort: Cohort, filled: AgreeForm, bill: Bill) -> EnrollmentOrder:
    """Account and order in one transaction, committed before Stripe hears of it; then the new person is signed in."""
    cohort_id = cohort.id
    for is_last in (False, True):
        try:
            return _try_to_place(db.session.get_one(Cohort, cohort_id), filled, bill)
        except IntegrityError:
            db.session.rollback()
            if is_last:
                raise
    raise AssertionError("unreachable")


def _try_to_place(cohort: Cohort, filled: AgreeForm, bill: Bill) -> EnrollmentOrder:
    user, is_new = _buyer(filled, cohort)
    if is_new:
        send_confirmation_instructions(user)  # type: ignore[no-untyped-call]
    try:
        order = _order(user, cohort, filled, bill)
    except ordering.AlreadyIn:
        login_user(user)
        db.session.commit()
        raise
    db.session.commit()
    if not current_user.is_authenticated:
        login_user(user)
        db.session.commit()
    return order


def _order(user: User, cohort: Cohort, filled: AgreeForm, bill: Bill) -> EnrollmentOrder:
    """The order as it was chosen; one that costs nothing leads in at once."""
    chosen = {"plan": str(filled.plan.data or ""), "promo": str(filled.promo.data or "")}
    read = {"agreement_version": str(filled.version.data or ""), "rule": str(filled.rule.data or "")}
    order = ordering.place(user, cohort, at=now(), bill=bill, **read, **chosen)
    if order.state == OrderState.INVOICED:
        return beginning.begin(order.id, at=now())
    return order if order.amount_cents else settling.free(order.id, at=now())


def _buyer(filled: AgreeForm, cohort: Cohort) -> tuple[User, bool]:
    if current_user.is_authenticated:
        return db.session.get_one(User, current_user.id), False
    assert isinstance(filled, EnrollForm)
    return joining.join(
        name=str(filled.name.data),
        email=str(filled.email.data),
        password=str(filled.password.data),
        time_zone=cohort.time_zone,
        at=now(),
    )


def _to_payment(order: EnrollmentOrder) -> BaseResponse:
    """Redirect to the payment page; where Stripe is silent, to the order, which says so and keeps the seat."""
    home, opening = url_for("orders.show", public_id=order.public_id), paying.Opening(order.id)
    try:
        for _ in opening.steps(at=now()):
            db.session.commit()
    except gateway.GatewayDown:
        db.session.rollback()
        flash("The payment page does not answer at the moment. Nothing was charged; try again in a minute.", "wait")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(opening.url or home, 303)


def mine_alone(public_id: str) -> EnrollmentOrder:
    """Only the buyer's own; finance sees an order on the staff's page."""
    order = queries.order_by_public_id(public_id)
    if order is None or order.user_id != current_user.id:
        raise NotFound
    return order


@orders.get("/orders/<public_id>")
@signed_in
def show(public_id: str) -> Page:
    order = queries.order_by_public_id(public_id)
    if order is not None and order.user_id != current_user.id and _keeps_books():
        return redirect(url_for("staff_payments.order", public_id=public_id), 303)
    if order is None or order.user_id != current_user.id:
        raise NotFound
    if session_id := request.args.get("session_id"):
        return _came_back(order, session_id)
    seat = seating.live_seat(order.seat_ref)
    told = showing.story(order, seat, letters.about(order), at=now())
    return render_template(
        "payments/order.html",
        order=order,
        story=told,
        credit_notes=queries.credit_notes_of(order.id),
        invoice=order.invoice if order.plan_kind == PlanKind.INVOICE else None,
        due=owing.payable(order, order.dues),
        parts=showing.parts(order),
        may_change=may_change(order),
        form=ActForm(),
    )


def _came_back(order: EnrollmentOrder, session_id: str) -> Page:
    """Settle here and now, so that the buyer need not wait for the webhook."""
    public_id, order_id = order.public_id, order.id
    try:
        paying.present(order, session_id, at=now())
    except settling.SwappedSession as swapped:
        db.session.rollback()
        mine = db.session.get_one(EnrollmentOrder, order_id)
        record("order.session_refused", subject=mine, actor=current_user, at=now(), session=session_id[:80])
        db.session.commit()
        abort(400, swapped.message)
    except gateway.GatewayDown:
        db.session.rollback()
    db.session.commit()
    return redirect(url_for("orders.show", public_id=public_id), 303)


@orders.post("/orders/<public_id>/pay")
@signed_in
def pay(public_id: str) -> Page:
    return _to_payment(mine_alone(public_id))


@orders.post("/orders/<public_id>/check")
@signed_in
@limiter.limit("20 per minute")
def check(public_id: str) -> Page:
    order = mine_alone(public_id)
    try:
        reconciling.check(order.id, at=now())
    except (gateway.GatewayDown, gateway.GatewayRefused):
        db.session.rollback()
        flash("Stripe does not answer at the moment. This page keeps asking.", "wait")
    db.session.commit()
    return redirect(url_for("orders.show", public_id=public_id), 303)


@orders.post("/orders/<public_id>/cancel")
@signed_in
def cancel(public_id: str) -> Page:
    order = mine_alone(public_id)
    try:
        order = paying.cancel(order.id, actor=current_user, at=now())
        said = "Cancelled. Nothing was charged." if order.state == OrderState.CANCELLED else ""
    except gateway.GatewayDown:
        db.session.rollback()
        said = "Stripe does not answer, so the order could not be cancelled yet. Unpaid, it ends by itself."
    db.session.commit()
    flash(said or "This order can't be cancelled any more; here is how it stands.", "note")
    return redirect(url_for("orders.show", public_id=public_id), 303)


def _keeps_books() -> bool:
    return any(current_user.has_role(role) for role in ("finance", "owner"))
