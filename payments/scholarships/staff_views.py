"""Staff: a scholarship for one person."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from accounts.models import User
from enrollment.models import Cohort
from foundation.access import staff
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused
from payments import gateway
from payments.models import PromotionCode
from payments.persons.staff_views import staff_money
from payments.pricing.listing import cohorts_on_sale
from payments.scholarships import applying, giving
from payments.scholarships.forms import GiftForm

Answer = str | Response | tuple[str, int]


@staff_money.route("/<int:user_id>/scholarship", methods=["GET", "POST"])
@staff("finance")
def scholarship(user_id: int) -> Answer:
    """A share or a sum off what they will pay; an order that waits unpaid is made anew with it."""
    user, form = _user(user_id), GiftForm()
    cohorts = {cohort.code: cohort for cohort in cohorts_on_sale(now())}
    form.cohort.choices = [("", "Whichever cohort they choose"), *((c, _name(one)) for c, one in cohorts.items())]
    if not form.validate_on_submit():
        return _page(user, form)
    try:
        gift = form.gift(cohorts.get(str(form.cohort.data)), str(current_app.config["SETTINGS"].time_zone))
        code = giving.give(user, gift, actor=current_user, at=now())
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _page(_user(user_id), form)
    db.session.commit()
    flash(f"{code.worth} off for {user.name}, and written to them.", "good")
    _apply(user, code)
    return redirect(url_for("staff_money.person", user_id=user_id, _anchor="waivers"), 303)


def _user(user_id: int) -> User:
    user = db.session.scalar(select(User).where(User.id == user_id))
    if user is None:
        raise NotFound
    return user


def _name(cohort: Cohort) -> str:
    return f"{cohort.program.title}, {cohort.title}"


def _page(user: User, form: GiftForm) -> Answer:
    page = render_template("staff/payments/scholarship.html", person=user, form=form)
    return (page, 422) if form.has_errors else page


def _apply(user: User, code: PromotionCode) -> None:
    """Where an order waits, it gets the scholarship at once; where it can't, the next order does."""
    order = applying.waiting_order(user, code)
    if order is None:
        return
    try:
        made = applying.apply(order, code, actor=current_user, at=now())
        said = ("Their order was made anew with it.", "good") if made else ("Their order is paid meanwhile.", "note")
    except (gateway.GatewayDown, Refused) as why:
        db.session.rollback()
        said = (f"Their order stays as it is: {why}", "wait")
    db.session.commit()
    flash(*said)


__all__ = ["staff_money"]
