"""An assessor's evaluations: what waits, what was taken, and the rubric filled."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from credentials.asking import page_number, page_url
from credentials.certificates.views import pdf_response
from credentials.doors import staff_mentoring
from credentials.mentor_slots.mentor_views import MENTORS
from credentials.models import EvaluationSubmission, SubmissionState
from credentials.performance import deciding, queries
from credentials.performance.contents import Assessed
from credentials.performance.documents import file_name, verdict_pdf
from credentials.performance.forms import AssessForm
from credentials.performance.rubrics import rubric_named
from foundation.access import staff
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused
from foundation.paging import paginate


@staff_mentoring.get("/evaluations")
@staff(*MENTORS)
def evaluations() -> str:
    state = request.args.get("state", "")
    return render_template(
        "staff/credentials/evaluations.html",
        page=paginate(queries.for_assessors(current_user, state), page_number(), per=25),
        url=page_url("staff_mentoring.evaluations"),
        words=queries.STATES,
        states=[("", "All"), *((str(key), told) for key, (told, _) in queries.STATES.items())],
        state=state,
    )


@staff_mentoring.get("/evaluations/<public_id>.pdf")
@staff(*MENTORS)
def evaluation_document(public_id: str) -> Response:
    found = queries.decided_of(public_id, assessor=current_user)
    return pdf_response(verdict_pdf(found), file_name(found))


@staff_mentoring.route("/evaluations/<public_id>", methods=["GET", "POST"])
@staff(*MENTORS)
def evaluation(public_id: str) -> str | Response | tuple[str, int]:
    """Reading what was handed in, and once it is taken, writing about it; the button `decide` signs it."""
    found = queries.attempt_of(public_id, assessor=current_user)
    form = AssessForm.for_rubric(rubric_named(found.rubric), _told(found))
    if form.validate_on_submit():
        try:
            if request.form.get("act") == "decide":
                deciding.decide(current_user, public_id, form.assessed(), at=now())
                said = "Decided and signed. The trainee is told."
            else:
                deciding.write(current_user, public_id, form.assessed(), at=now())
                said = "Saved."
            db.session.commit()
            flash(said, "good")
            return redirect(url_for("staff_mentoring.evaluation", public_id=public_id), 303)
        except Refused as refused:
            db.session.rollback()
            for name, words in refused.missing if isinstance(refused, deciding.NotReady) else []:
                form.refuse(Refused(words, field=name))
            form.refuse(Refused(refused.message))
            found = queries.attempt_of(public_id, assessor=current_user)
    page = _page(found, form)
    return (page, 422) if form.has_errors or form.form_errors else page


@staff_mentoring.post("/evaluations/<public_id>/take")
@staff(*MENTORS)
def take_evaluation(public_id: str) -> Response:
    try:
        deciding.take(current_user, public_id, at=now())
        db.session.commit()
        flash("Taken: it waits for your verdict.", "good")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(url_for("staff_mentoring.evaluation", public_id=public_id), 303)


@staff_mentoring.post("/evaluations/<public_id>/release")
@staff(*MENTORS)
def release_evaluation(public_id: str) -> Response:
    deciding.release(current_user, public_id, at=now())
    db.session.commit()
    flash("Given back: another assessor can take it.", "good")
    return redirect(url_for("staff_mentoring.evaluations"), 303)


def _told(found: EvaluationSubmission) -> Assessed:
    return queries.words_of(found.verdict) if found.verdict else Assessed.read(found.draft)


def _page(found: EvaluationSubmission, form: AssessForm) -> str:
    return render_template(
        "staff/credentials/evaluation.html",
        one=found,
        form=form,
        rubric=rubric_named(found.rubric),
        told=_told(found),
        state=queries.STATES[found.state],
        is_mine=found.state == SubmissionState.TAKEN and found.taken_by_id == current_user.id,
    )
