"""A trainee's performance evaluations: a recording handed in, its history, and the verdict read and signed for."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from credentials.certificates.views import pdf_response
from credentials.doors import hours
from credentials.performance import deciding, queries, submitting
from credentials.performance.documents import file_name, verdict_pdf
from credentials.performance.forms import HandInForm
from credentials.performance.rubrics import rubric_named, rubric_on
from enrollment.models import Enrollment
from foundation.access import signed_in
from foundation.clock import now, today
from foundation.db import db
from foundation.errors import NotFound, Refused


@hours.get("/evaluations")
@signed_in
def evaluations() -> str:
    return _page(HandInForm(formdata=None))


@hours.post("/evaluations/<enrollment>")
@signed_in
def hand_in(enrollment: str) -> str | Response | tuple[str, int]:
    form = HandInForm()
    if form.validate_on_submit():
        try:
            made = submitting.submit(current_user, enrollment, form.handed(), at=now())
            db.session.commit()
            flash("Handed in. You get a letter when an assessor has decided.", "good")
            return redirect(url_for("hours.evaluation", public_id=made.public_id), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    return _page(form, enrollment), 422


@hours.get("/evaluations/attempts/<public_id>")
@signed_in
def evaluation(public_id: str) -> str:
    found = queries.attempt_of(public_id, trainee=current_user)
    return render_template(
        "credentials/evaluation.html",
        one=found,
        state=queries.STATES[found.state],
        rubric=rubric_named(found.rubric),
        told=queries.words_of(found.verdict) if found.verdict else None,
        holds=queries.holds(found.verdict) if found.verdict else True,
    )


@hours.get("/evaluations/attempts/<public_id>.pdf")
@signed_in
def evaluation_document(public_id: str) -> Response:
    found = queries.decided_of(public_id, trainee=current_user)
    return pdf_response(verdict_pdf(found), file_name(found))


@hours.post("/evaluations/attempts/<public_id>/withdraw")
@signed_in
def withdraw_evaluation(public_id: str) -> Response:
    try:
        submitting.withdraw(current_user, public_id, at=now())
        db.session.commit()
        flash("Withdrawn. Where the recording lies, and what you wrote, is gone from here.", "good")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(url_for("hours.evaluations"), 303)


@hours.post("/evaluations/attempts/<public_id>/sign")
@signed_in
def sign_evaluation(public_id: str) -> Response:
    deciding.sign_for(current_user, public_id, at=now())
    db.session.commit()
    flash("Signed: you have read it.", "good")
    return redirect(url_for("hours.evaluation", public_id=public_id), 303)


def _page(form: HandInForm, wanted: str = "") -> str:
    enrollments = queries.asked_of(current_user)
    chosen = _chosen(enrollments, wanted)
    attempts = queries.attempts_by(current_user)
    own = [one for one in attempts if chosen and one.enrollment_id == chosen.id]
    return render_template(
        "credentials/evaluations.html",
        form=form,
        chosen=chosen,
        attempts=attempts,
        rubric=rubric_on(today(current_user.time_zone)),
        may_hand_in=chosen is not None and not any(one.state not in {"resubmit", "withdrawn"} for one in own),
        words=queries.STATES,
    )


def _chosen(enrollments: list[Enrollment], wanted: str) -> Enrollment | None:
    if wanted:
        found = next((one for one in enrollments if one.public_id == wanted), None)
        if found is None:
            raise NotFound
        return found
    return enrollments[0] if enrollments else None
