"""Staff: cohorts with their seats, and the roster of each."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from enrollment import admitting, enrolling, rosters
from enrollment.cohorts.staff_views import WRITING
from enrollment.models import ENROLLMENT_MOVES, Enrollment, EnrollmentState
from enrollment.staff_views import staff_enrollment
from foundation.access import staff
from foundation.clock import now, today
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import NotFound
from foundation.forms import Form, stripped

TONES = {
    EnrollmentState.ACTIVE: ("Active", "good"),
    EnrollmentState.PAUSED: ("Paused", "wait"),
    EnrollmentState.READ_ONLY: ("Read only", "wait"),
    EnrollmentState.SUSPENDED: ("Suspended", "bad"),
    EnrollmentState.WITHDRAWN: ("Withdrawn", "quiet"),
    EnrollmentState.COMPLETED: ("Completed", "note"),
}
HEADER = ["Name", "E-mail", "State", "Seat", "Since"]


class WithdrawForm(Form):
    """A person leaves; the reason stays in the log."""

    reason = StringField(
        "Reason",
        filters=[stripped],
        validators=[DataRequired("Say why; it stays in the log."), Length(max=300, message="At most 300 characters.")],
    )


@staff_enrollment.get("/cohorts")
@staff("registrar", "admissions", "instructor")
def cohorts() -> str:
    lines, day = rosters.cohorts(at=now()), today()
    parts = [
        ("Running", [line for line in lines if line.cohort.starts_on <= day <= line.cohort.ends_on]),
        ("To come", [line for line in reversed(lines) if line.cohort.starts_on > day]),
        ("Past", [line for line in lines if line.cohort.ends_on < day]),
    ]
    shown = [part for part in parts if part[1]]
    return render_template("staff/enrollment/cohorts.html", parts=shown, may_write=may_write())


def may_write() -> bool:
    """Whether whoever asks may change a cohort."""
    return any(current_user.has_role(role) for role in (*WRITING, "owner"))


def _line(code: str) -> rosters.CohortLine:
    found = rosters.cohorts(at=now(), code=code)
    if not found:
        raise NotFound
    return found[0]


@staff_enrollment.get("/cohorts/<code>")
@staff("registrar", "admissions", "instructor")
def roster(code: str) -> str | Response:
    line, words, state = _line(code), request.args.get("words", "").strip()[:100], request.args.get("state", "")
    people = rosters.roster(line.cohort, words=words, state=state)
    if request.args.get("format") == "csv":
        return csv_response(f"roster-{code}.csv", HEADER, [_row(enrollment) for enrollment in people])
    choices = [("", "Any state"), *((str(key), word) for key, (word, _) in TONES.items())]
    return render_template(
        "staff/enrollment/roster.html",
        line=line,
        may_write=may_write(),
        needed=admitting.asked(line.cohort),
        people=[(enrollment, rosters.has_paid_seat(enrollment)) for enrollment in people],
        tones=TONES,
        words=words,
        state=state,
        choices=choices,
        csv_url=url_for("staff_enrollment.roster", code=code, words=words, state=state, format="csv"),
    )


def _row(enrollment: Enrollment) -> list[str]:
    seat = "paid" if rosters.has_paid_seat(enrollment) else "none"
    user = enrollment.user
    return [user.name, user.email, str(enrollment.state), seat, enrollment.started_at.date().isoformat()]


def _enrollment(code: str, public_id: str) -> Enrollment:
    found = db.session.scalar(select(Enrollment).where(Enrollment.public_id == public_id))
    if found is None or found.cohort.code != code:
        raise NotFound
    return found


@staff_enrollment.route("/cohorts/<code>/<public_id>/withdraw", methods=["GET", "POST"])
@staff("registrar")
def withdraw(code: str, public_id: str) -> str | AnyResponse | tuple[str, int]:
    """Mark a person as withdrawn: their seat is free, what they made stays; money is another decision."""
    found, form = _enrollment(code, public_id), WithdrawForm()
    if not ENROLLMENT_MOVES.allows(found.state, EnrollmentState.WITHDRAWN):
        flash(f"{found.user.name} has completed the cohort.", "bad")
        return redirect(url_for("staff_enrollment.roster", code=code), 303)
    if form.validate_on_submit():
        enrolling.withdraw(found, reason=str(form.reason.data), at=now(), actor=current_user)
        db.session.commit()
        flash(f"{found.user.name} is withdrawn, and the seat is free.", "good")
        return redirect(url_for("staff_enrollment.roster", code=code), 303)
    page = render_template("staff/enrollment/withdraw.html", enrollment=found, form=form)
    return (page, 422) if form.has_errors else page


__all__ = ["staff_enrollment"]
