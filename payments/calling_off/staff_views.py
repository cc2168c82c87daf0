"""Staff: a cohort is called off, once what follows has been read."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from enrollment.cohorts.staff_views import cohort_named
from enrollment.models import Cohort
from foundation.access import staff
from foundation.clock import now
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.filters import count
from foundation.forms import Form, stripped
from foundation.text import whole_number
from payments.calling_off import deciding, waiting
from payments.calling_off.waiting import Waiting

staff_calling_off = Blueprint("staff_calling_off", __name__, url_prefix="/staff/cohorts")
HEADER = ["Name", "E-mail", "Days", "Here", "Currency", "Order"]
Page = str | Response | tuple[str, int]


class CallOffForm(Form):
    """`seen` is the revision of the cohort that was read."""

    reason = TextAreaField(
        "Why",
        filters=[stripped],
        validators=[
            DataRequired("Say why; everybody who is in reads it."),
            Length(max=600, message="At most 600 characters."),
        ],
        render_kw={"rows": 3},
    )
    sure = BooleanField(
        "Call it off; it can't be taken back",
        validators=[DataRequired("Tick this, so that it is no slip of a finger.")],
    )
    seen = HiddenField(default="")

    @property
    def revision(self) -> int:
        return whole_number(self.seen.data)


@staff_calling_off.route("/<code>/call-off", methods=["GET", "POST"])
@staff("registrar")
def call_off(code: str) -> Page:
    cohort, form = cohort_named(code), CallOffForm()
    if not form.validate_on_submit():
        return _page(cohort, form)
    try:
        told = deciding.call_off(cohort, reason=str(form.reason.data), seen=form.revision, actor=current_user, at=now())
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _page(cohort_named(code), form)
    db.session.commit()
    flash(
        f"Called off. {count(told, 'person is', 'people are')} told, and each chooses another cohort or a refund.",
        "good",
    )
    return redirect(url_for("staff_enrollment.roster", code=code), 303)


@staff_calling_off.get("/<code>/not-chosen")
@staff("registrar", "finance")
def not_chosen(code: str) -> str | Response:
    """Who has to choose yet between another cohort and the money back, and for how long they have not."""
    cohort = cohort_named(code)
    if cohort.cancelled_at is None:
        raise NotFound
    people = waiting.waiting_in(cohort, at=now())
    if request.args.get("format") == "csv":
        return csv_response(f"not-chosen-{code}.csv", HEADER, (_row(one) for one in people))
    return render_template(
        "staff/payments/not_chosen.html",
        cohort=cohort,
        people=people,
        csv_url=url_for("staff_calling_off.not_chosen", code=code, format="csv"),
    )


def _row(one: Waiting) -> list[object]:
    user, order = one.enrollment.user, one.order.public_id if one.order else ""
    return [user.name, user.email, one.days, one.here.decimal, one.here.currency, order]


def _page(cohort: Cohort, form: CallOffForm) -> Page:
    form.seen.data = str(cohort.revision)
    page = render_template("staff/payments/call_off.html", cohort=cohort, form=form, effect=deciding.effect(cohort))
    return (page, 422) if form.has_errors else page
