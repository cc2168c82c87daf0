"""Staff: one person's time in a course; months given with a reason, a pause, and what was changed when."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response
from wtforms import IntegerField, StringField
from wtforms.validators import DataRequired, Length, Optional

from enrollment.access import clock, pausing
from enrollment.access.models import AccessChange, AccessKind
from enrollment.models import Cohort, Enrollment
from foundation.access import staff
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.filters import shown_date, shown_datetime
from foundation.forms import Form, stripped

staff_access = Blueprint("staff_access", __name__, url_prefix="/staff/access")
Page = str | Response | tuple[str, int]
WORDS = {
    AccessKind.BEGUN: "The clock began",
    AccessKind.MOVED: "Moved to a later cohort",
    AccessKind.BOUGHT: "Months by the rules",
    AccessKind.GIVEN: "Months given",
    AccessKind.PAUSED: "Paused",
    AccessKind.RESUMED: "Went on",
    AccessKind.ENDED: "The time was over",
}


class TimeForm(Form):
    """Months for nothing, or a pause; the reason stays in the log."""

    months = IntegerField("Months to add without a fee", validators=[Optional()])
    reason = StringField(
        "Reason",
        filters=[stripped],
        validators=[DataRequired("Say why; it stays in the log."), Length(max=300, message="At most 300 characters.")],
    )


def _enrollment(public_id: str) -> Enrollment:
    whole = (joinedload(Enrollment.user), joinedload(Enrollment.cohort).joinedload(Cohort.program))
    found = db.session.scalar(select(Enrollment).options(*whole).where(Enrollment.public_id == public_id))
    if found is None:
        raise NotFound
    return found


@staff_access.get("/<public_id>")
@staff("registrar")
def show(public_id: str) -> Page:
    return _page(_enrollment(public_id), TimeForm(formdata=None))


def _page(found: Enrollment, form: TimeForm) -> Page:
    told = [_told(change) for change in clock.changes_of(found.id)]
    page = render_template("staff/enrollment/access.html", enrollment=found, form=form, told=told)
    return (page, 422) if form.has_errors else page


def _told(change: AccessChange) -> dict[str, Any]:
    until = f"until {shown_date(change.until)}" if change.until else ""
    by = change.by.name if change.by else "the program"
    text = ". ".join(one for one in (until, change.reason) if one)
    return {"when": shown_datetime(change.at), "title": WORDS[change.kind], "by": by, "text": text}


@staff_access.post("/<public_id>")
@staff("registrar")
def change(public_id: str) -> Page:
    found, form = _enrollment(public_id), TimeForm()
    if not form.validate():
        return _page(found, form)
    try:
        said = _changed(found, form, request.form.get("do", ""))
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _page(_enrollment(public_id), form)
    db.session.commit()
    flash(said, "good")
    return redirect(url_for("staff_access.show", public_id=public_id), 303)


def _changed(found: Enrollment, form: TimeForm, do: str) -> str:
    """Raises Refused beside the field."""
    reason, at = str(form.reason.data), now()
    if do == "pause":
        pausing.pause(found, reason=reason, actor=current_user, at=at)
        return "Paused: the seat stays theirs, and the clock stands."
    if do == "resume":
        pausing.resume(found, reason=reason, actor=current_user, at=at)
        return "It goes on, with as many days more as it rested."
    if form.months.data is None:
        raise Refused("How many months?", "months")
    clock.extend(found, form.months.data, at=at, actor=current_user, reason=reason, is_given=True)
    return "Given, and they are told."
