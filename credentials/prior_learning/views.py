"""A trainee hands in what was learned elsewhere, and sees what became of it."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_login import current_user

from credentials.doors import hours
from credentials.models import Accreditation
from credentials.prior_learning import claiming
from credentials.prior_learning.deciding import WORDS
from credentials.prior_learning.forms import ACCREDITATIONS, ClaimForm
from credentials.prior_learning.keeping import content_of
from credentials.prior_learning.queries import places_of
from credentials.prior_learning.showing import amounts_of, besides_of
from enrollment.models import Enrollment
from foundation.access import signed_in
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused
from foundation.limits import limiter
from foundation.uploads import checked_document, document_response

TONES = {"handed_in": "wait", "approved": "good", "declined": "bad", "withdrawn": "quiet", "taken_back": "bad"}


@hours.route("/prior-learning", methods=["GET", "POST"])
@signed_in
@limiter.limit("60/hour", methods=["POST"])
def prior_learning() -> Any:
    places, form = places_of(current_user.id), ClaimForm()
    form.offer(places)
    if form.validate_on_submit():
        try:
            given = form.document.data
            document = checked_document(given.filename or "", given.read(), field="document")
            made = claiming.hand_in(current_user, _claim(form, places), document, at=now())
            db.session.commit()
            flash("Handed in. The school looks at it, and you get a letter.", "good")
            return redirect(url_for("hours.prior_claim", public_id=made.public_id), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    page = render_template(
        "credentials/prior_learning.html",
        form=form,
        claims=claiming.claims_of(current_user),
        words=WORDS,
        tones=TONES,
    )
    return page, 422 if form.errors else 200


def _claim(form: ClaimForm, places: list[Enrollment]) -> claiming.Claim:
    assert form.first_on.data and form.last_on.data
    parts: dict[str, Any] = form.parts()
    return claiming.Claim(
        provider=form.provider.data or "",
        title=form.title.data or "",
        accreditation=Accreditation(form.accreditation.data),
        completed=bool(form.completed.data),
        first_on=form.first_on.data,
        last_on=form.last_on.data,
        note=form.note.data or "",
        enrollment=next((one for one in places if one.public_id == form.enrollment.data), None),
        **parts,
    )


@hours.get("/prior-learning/<public_id>")
@signed_in
def prior_claim(public_id: str) -> str:
    made = claiming.claim_of(current_user, public_id)
    return render_template(
        "credentials/prior_claim.html",
        made=made,
        amounts=amounts_of(made),
        besides=besides_of(made),
        accreditations=ACCREDITATIONS,
        word=WORDS[made.state],
        tone=TONES[made.state],
    )


@hours.get("/prior-learning/<public_id>/document")
@signed_in
def prior_document(public_id: str) -> Response:
    made = claiming.claim_of(current_user, public_id)
    return document_response(made.document_name, made.media_type, content_of(made.sha256))


@hours.post("/prior-learning/<public_id>/withdraw")
@signed_in
def withdraw_claim(public_id: str) -> Any:
    try:
        claiming.withdraw(claiming.claim_of(current_user, public_id), actor=current_user, at=now())
        db.session.commit()
        flash("Taken back. You can hand it in anew.", "good")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(url_for("hours.prior_claim", public_id=public_id), 303)
