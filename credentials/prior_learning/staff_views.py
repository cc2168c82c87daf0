"""The registrar decides about learning elsewhere, oldest first, with the document beside it."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from credentials.asking import page_number, page_url
from credentials.doors import staff_hours
from credentials.models import BROUGHT, PARTS, ClaimState, PriorLearning
from credentials.passports.besides import in_words
from credentials.passports.taking_beside import BESIDE_KINDS
from credentials.prior_learning.deciding import WORDS, approve, decline, lines_of_claim, take_back
from credentials.prior_learning.forms import ACCREDITATIONS, DecideForm, as_hours
from credentials.prior_learning.keeping import content_of
from credentials.prior_learning.queries import claim_by, claims, others_of, places_of
from credentials.prior_learning.showing import amounts_of, behind, besides_of
from credentials.prior_learning.views import TONES
from enrollment.models import Enrollment
from foundation.access import staff
from foundation.audit import record
from foundation.clock import now
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import hours as as_words
from foundation.paging import paginate
from foundation.uploads import document_response

CHOICES = [
    ("handed_in", "Waiting"),
    ("all", "Any state"),
    *((str(state), WORDS[state].capitalize()) for state in ClaimState if state != ClaimState.HANDED_IN),
]
HEADER = ["Trainee", "Provider", "Course", "Accreditation", "First day", "Last day", "Claimed", "Granted", "State"]


@staff_hours.get("/prior-learning")
@staff("registrar")
def prior_learning() -> Any:
    words, state = request.args.get("words", "").strip()[:100], request.args.get("state", "handed_in")
    query = claims(state=state, words=words)
    if request.args.get("format") == "csv":
        return csv_response("prior-learning.csv", HEADER, [_row(one) for one in db.session.scalars(query)])
    return render_template(
        "staff/credentials/prior_learning.html",
        page=paginate(query, page_number()),
        url=page_url(),
        words=words,
        state=state,
        choices=CHOICES,
        said=WORDS,
        tones=TONES,
        csv=url_for("staff_hours.prior_learning", words=words, state=state, format="csv"),
    )


def _row(one: PriorLearning) -> list[Any]:
    days = [one.first_on.isoformat(), one.last_on.isoformat()]
    told = [one.user.name, one.provider, one.title, str(one.accreditation), *days]
    return [*told, one.minutes, one.granted_minutes, WORDS[one.state]]


@staff_hours.route("/prior-learning/<public_id>", methods=["GET", "POST"])
@staff("registrar")
def prior_claim(public_id: str) -> Any:
    made = claim_by(public_id)
    places = places_of(made.user_id)
    form = DecideForm(data=_told(made, places) if request.method == "GET" else None)
    form.offer(places)
    if form.validate_on_submit():
        try:
            said = _decide(made, form, places)
            db.session.commit()
            flash(said, "good")
            return redirect(url_for("staff_hours.prior_learning"), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
            made = claim_by(public_id)
    page = render_template(
        "staff/credentials/prior_claim.html",
        made=made,
        form=form,
        parts=[name for name in PARTS if made.claimed[name]],
        kinds=[(f"take_{kind}", as_words(made.brought[kind])) for kind in BROUGHT if kind in made.brought]
        + [(f"take_{kind}", in_words(kind, made.brought[kind])) for kind in BESIDE_KINDS if kind in made.brought],
        besides=besides_of(made),
        amounts=amounts_of(made),
        others=others_of(made),
        lines=lines_of_claim(made) if made.decided_at else [],
        accreditations=ACCREDITATIONS,
        passport=behind(made),
        said=WORDS,
        tones=TONES,
    )
    return page, 422 if form.errors else 200


def _told(made: PriorLearning, places: list[Enrollment]) -> dict[str, Any]:
    wished = next((one.public_id for one in places if one.id == made.enrollment_id), "")
    told = {f"take_{kind}": kind in made.brought for kind in (*BROUGHT, *BESIDE_KINDS)}
    return {name: as_hours(made.claimed[name]) for name in PARTS} | {"enrollment": wished} | told


def _decide(made: PriorLearning, form: DecideForm, places: list[Enrollment]) -> str:
    act, reason, who = request.form.get("act", ""), form.reason.data or "", made.user.name
    if act == "approve":
        place = next((one for one in places if one.public_id == form.enrollment.data), None)
        about: dict[str, Any] = {"enrollment": place, "kinds": form.kinds(), "actor": current_user, "at": now()}
        return _granted(made) if approve(made, form.parts(), reason, **about) else "It was approved already."
    if act == "decline":
        return (
            f"Declined for {who}."
            if decline(made, reason, actor=current_user, at=now())
            else "It was declined already."
        )
    if act == "take-back":
        done = take_back(made, reason, actor=current_user, at=now())
        return f"Taken back: the hours of {who} are reversed." if done else "It was taken back already."
    raise Refused("Choose what to do with it.")


def _granted(made: PriorLearning) -> str:
    missed = sum(claimed for _, claimed, granted in amounts_of(made)) - made.granted_minutes
    left = f" {as_words(missed)} of what was claimed is not among it." if missed else ""
    return f"Granted: {as_words(made.granted_minutes)} for {made.user.name}.{left}"


@staff_hours.get("/prior-learning/<public_id>/document")
@staff("registrar")
def prior_document(public_id: str) -> Response:
    made = claim_by(public_id)
    content = content_of(made.sha256)
    record("prior_learning.document_read", subject=made, actor=current_user, at=now())
    db.session.commit()
    return document_response(made.document_name, made.media_type, content)
