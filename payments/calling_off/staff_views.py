"""Staff: a cohort is called off, once what follows has been read."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from enrollment.cohorts.staff_views import cohort_named
from enrollment.models import Cohort
from foundation.access import staff
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import count
from foundation.forms import Form, stripped
from payments.calling_off import deciding

staff_calling_off = Blueprint("staff_calling_off", __name__, url_prefix="/staff/cohorts")
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
        seen = str(self.seen.data or "")
        return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1


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


def _page(cohort: Cohort, form: CallOffForm) -> Page:
    form.seen.data = str(cohort.revision)
    page = render_template("staff/payments/call_off.html", cohort=cohort, form=form, effect=deciding.effect(cohort))
    return (page, 422) if form.has_errors else page
