"""The registrar's side of a transcript: what it would say today, issuing it, and giving it out again."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy.orm import lazyload
from werkzeug.wrappers import Response as AnyResponse

from accounts.models import User
from credentials.certificates.views import pdf_response
from credentials.doors import staff_hours
from credentials.passports.forms import MakeForm
from credentials.transcripts import issuing
from credentials.transcripts.documents import transcript_pdf
from credentials.transcripts.views import told
from foundation.access import staff
from foundation.audit import record
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused


@staff_hours.route("/transcripts/<int:user_id>", methods=["GET", "POST"])
@staff("registrar")
def transcript(user_id: int) -> str | AnyResponse:
    person, form = _person(user_id), MakeForm()
    if form.validate_on_submit():
        try:
            made = issuing.issue(person, current_user, now())
            db.session.commit()
            flash(f"Transcript {made.number} of {person.name} is there.", "good")
            return redirect(url_for("staff_hours.transcript", user_id=user_id), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
            person = _person(user_id)
    return render_template("staff/credentials/transcript.html", form=form, person=person, **told(person))


@staff_hours.get("/transcripts/<int:user_id>/<number>.pdf")
@staff("registrar")
def issued_transcript(user_id: int, number: str) -> Response:
    paper = issuing.transcript_of(_person(user_id), number)
    if not paper.facts:
        raise NotFound
    record("transcript.taken", subject=paper, actor=current_user, at=now(), number=number)
    db.session.commit()
    return pdf_response(transcript_pdf(paper.facts, issued=True), f"transcript-{number}.pdf")


def _person(user_id: int) -> User:
    found = db.session.get(User, user_id, options=[lazyload(User.roles)])
    if found is None:
        raise NotFound
    return found
