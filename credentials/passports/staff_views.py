"""Staff keep the list of schools whose passports are believed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from credentials.doors import staff_hours
from credentials.passports.forms import DistrustForm, TrustForm
from credentials.passports.trusting import distrust, school_key, school_keys, trust
from foundation.access import staff
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import count


@staff_hours.route("/schools", methods=["GET", "POST"])
@staff("registrar")
def schools() -> Any:
    form = TrustForm()
    if form.validate_on_submit():
        try:
            school, how = form.school.data or "", form.checked_how.data or ""
            added = trust(school, form.key.data or "", checked_how=how, actor=current_user, at=now())
            db.session.commit()
            said = f"{count(added, 'key')} of {school} added." if added else "Known already; nothing has changed."
            flash(said, "good")
            return redirect(url_for("staff_hours.schools"), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    page = render_template("staff/credentials/schools.html", form=form, keys=school_keys(), removing=DistrustForm())
    return page, 422 if form.errors else 200


@staff_hours.post("/schools/<public_id>/remove")
@staff("registrar")
def remove_school(public_id: str) -> Response:
    key, form = school_key(public_id), DistrustForm()
    try:
        distrust(key, reason=form.reason.data or "", actor=current_user, at=now())
        db.session.commit()
        flash(f"The key of {key.school} is trusted no more. Its passports read as signed by somebody unknown.", "good")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(url_for("staff_hours.schools"), 303)
