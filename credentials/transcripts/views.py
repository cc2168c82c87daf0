"""A person's own transcript: read at any time, issued with a number once something is checked."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from accounts.models import User
from credentials.certificates.holding import tuition_holds_of
from credentials.certificates.views import pdf_response
from credentials.doors import hours
from credentials.passports.documents import by_kind, programs_in_words
from credentials.passports.forms import MakeForm
from credentials.transcripts import issuing
from credentials.transcripts.documents import education_in_words, transcript_pdf
from credentials.transcripts.gathering import contents
from foundation.access import signed_in
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import count
from foundation.limits import limiter


@hours.route("/transcript", methods=["GET", "POST"])
@signed_in
@limiter.limit("30/hour", methods=["POST"])
def transcripts() -> str | AnyResponse:
    form = MakeForm()
    if form.validate_on_submit():
        try:
            made = issuing.issue(current_user, current_user, now())
            db.session.commit()
            flash(f"Your transcript {made.number} is ready.", "good")
            return redirect(url_for("hours.transcripts"), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    return render_template("credentials/transcript.html", form=form, **told(current_user))


def told(user: User) -> dict[str, Any]:
    """What a transcript of this moment would say, those that were issued, and what holds one back."""
    facts = contents(user, "", now())
    waiting = sum(one["waiting"] for one in facts["minutes"])
    return {
        "by_kind": by_kind(facts),
        "education": education_in_words(facts),
        "programs": programs_in_words(facts),
        "lines": count(len(facts["lines"]), "line"),
        "waiting": waiting,
        "waiting_lines": count(len(facts["waiting"]), "line"),
        "is_blank": not facts["lines"],
        "papers": issuing.transcripts_of(user),
        "holds": tuition_holds_of(user.id),
    }


@hours.get("/transcript/<number>.pdf")
@signed_in
def issued_transcript(number: str) -> Response:
    paper = issuing.transcript_of(current_user, number)
    return pdf_response(transcript_pdf(paper.facts, issued=True), f"transcript-{number}.pdf")


@hours.get("/transcript.pdf")
@signed_in
def transcript() -> Response:
    return pdf_response(transcript_pdf(contents(current_user, "", now()), issued=False), "hours-for-reading.pdf")
