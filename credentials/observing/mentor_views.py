"""A mentor's forms: begun, filled while the recording plays, signed, and taken back before the trainee signs."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from credentials.asking import page_number, page_url
from credentials.certificates.views import pdf_response
from credentials.competencies import COMPETENCIES
from credentials.doors import staff_mentoring
from credentials.mentor_slots.mentor_views import MENTORS
from credentials.models import CoachingForm, FormKind, FormState, Level
from credentials.observing import drafting, queries, signing
from credentials.observing.contents import JUDGEMENTS, Content, Observation, Review
from credentials.observing.documents import file_name, form_pdf
from credentials.observing.forms import BeginObservationForm, BeginReviewForm, FillForm, default_day
from credentials.observing.sheets import ObservationSheet, ReviewSheet, Sheet
from foundation.access import staff
from foundation.clock import now, today
from foundation.db import db
from foundation.errors import Refused
from foundation.headers import content_security_policy
from foundation.paging import paginate


@staff_mentoring.get("/forms")
@staff(*MENTORS)
def forms() -> str:
    return _listing()


@staff_mentoring.post("/forms/observations")
@staff(*MENTORS)
def begin_observation() -> str | AnyResponse:
    form, _ = _begin_forms()
    if form.validate_on_submit():
        try:
            level, on = Level(form.level.data), form.about_on.data or today(current_user.time_zone)
            made = drafting.begin_observation(current_user, form.session.data, level=level, about_on=on, at=now())
            db.session.commit()
            return redirect(url_for("staff_mentoring.form", public_id=made.public_id), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    return _listing(observation=form)


@staff_mentoring.post("/forms/reviews")
@staff(*MENTORS)
def begin_review() -> str | AnyResponse:
    _, form = _begin_forms()
    if form.validate_on_submit():
        try:
            level = Level(form.level.data)
            made = drafting.begin_review(current_user, form.trainee.data, level=level, at=now())
            db.session.commit()
            return redirect(url_for("staff_mentoring.form", public_id=made.public_id), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    return _listing(review=form)


@staff_mentoring.route("/forms/<public_id>", methods=["GET", "POST"])
@staff(*MENTORS)
def form(public_id: str) -> Response | AnyResponse:
    """Filling it. What saves itself is answered with the new version's mark; the button `offer` signs as well."""
    found, filled = signing.form_of(public_id, author=current_user), FillForm()
    if not filled.validate_on_submit():
        return _page(found, None)
    sheet = _read(found)
    try:
        if sheet.wrong:
            raise Refused("Look at what stands beside the fields.")
        by_itself = "X-Autosave" in request.headers
        saved = drafting.save(
            found,
            _content(found, sheet),
            based_on=filled.based_on.data or "",
            actor=current_user,
            at=now(),
            is_kept=not by_itself,
        )
        mark = drafting.mark_of(saved)
        db.session.commit()
        if by_itself:
            return jsonify({"based_on": mark})
        return _sign_or_stay(found)
    except Refused as refused:
        db.session.rollback()
        if "X-Autosave" in request.headers:
            return Response(refused.message, 409, mimetype="text/plain")
        return _page(signing.form_of(public_id, author=current_user), sheet, refused)


def _sign_or_stay(found: CoachingForm) -> Response | AnyResponse:
    if request.form.get("act") != "offer":
        flash("Saved.", "good")
        return redirect(url_for("staff_mentoring.form", public_id=found.public_id), 303)
    try:
        signing.offer(found, actor=current_user, at=now())
        db.session.commit()
        flash(f"Signed. {found.user.name} is asked to read it and sign.", "good")
        return redirect(url_for("staff_mentoring.form", public_id=found.public_id), 303)
    except signing.NotReady as refused:
        db.session.rollback()
        return _page(signing.form_of(found.public_id, author=current_user), None, refused)


@staff_mentoring.post("/forms/<public_id>/take-back")
@staff(*MENTORS)
def take_back_form(public_id: str) -> AnyResponse:
    try:
        signing.take_back(signing.form_of(public_id, author=current_user), actor=current_user, at=now())
        db.session.commit()
        flash("Your signature is taken back. What you write now is a new version.", "good")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(url_for("staff_mentoring.form", public_id=public_id), 303)


@staff_mentoring.post("/forms/<public_id>/drop")
@staff(*MENTORS)
def drop_form(public_id: str) -> AnyResponse:
    try:
        drafting.drop(signing.form_of(public_id, author=current_user), actor=current_user, at=now())
        db.session.commit()
        flash("The draft is dropped.", "good")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(url_for("staff_mentoring.forms"), 303)


@staff_mentoring.get("/forms/<public_id>.pdf")
@staff(*MENTORS)
def form_document(public_id: str) -> Response:
    found = signing.form_of(public_id, author=current_user)
    return pdf_response(form_pdf(found), file_name(found))


@staff_mentoring.get("/forms/<public_id>/versions/<int:number>")
@staff(*MENTORS)
def form_version(public_id: str, number: int) -> str:
    """What it said at one time."""
    found = signing.form_of(public_id, author=current_user)
    version = drafting.version_of(found, number)
    return render_template(
        "staff/credentials/coaching_form_version.html",
        version=version,
        **shown(found, drafting.content_of(found, version)),
    )


def shown(found: CoachingForm, content: Content) -> dict[str, Any]:
    """What a page that only reads a form needs."""
    observed = queries.observed_in(content.observations) if isinstance(content, Review) else []
    return {
        "form": found,
        "title": queries.title_of(found),
        "content": content,
        "observed": observed,
        "competencies": COMPETENCIES,
        "judgements": JUDGEMENTS,
        "is_review": isinstance(content, Review),
    }


def _read(found: CoachingForm) -> Sheet:
    typed = request.form
    return ObservationSheet.read(typed) if found.kind == FormKind.OBSERVATION else ReviewSheet.read(typed)


def _content(found: CoachingForm, sheet: Sheet) -> Content:
    if isinstance(sheet, ObservationSheet):
        return sheet.content()
    signed = drafting.signed_observations(current_user, found.user_id, found.level)
    return sheet.content(tuple(one.public_id for one in signed))


def _page(found: CoachingForm, sheet: Sheet | None, refused: Refused | None = None) -> Response:
    """The form to fill, or to read once it is signed. The recording plays from the reader's own machine (blob:)."""
    version = drafting.version_of(found)
    content = drafting.content_of(found, version)
    page = render_template(
        "staff/credentials/coaching_form.html",
        sheet=sheet or _sheet_of(content),
        fill=FillForm(formdata=None, data={"based_on": drafting.mark_of(version)}),
        refused=refused,
        missing=refused.missing if isinstance(refused, signing.NotReady) else [],
        versions=queries.versions_of(found),
        signatures=queries.signatures_of(found),
        is_draft=found.state == FormState.DRAFT,
        state=queries.STATES[found.state],
        **shown(found, content),
    )
    response = Response(page, 422 if refused else 200, mimetype="text/html")
    policy = content_security_policy("").replace("media-src 'self'", "media-src 'self' blob:")
    response.headers["Content-Security-Policy"] = policy
    return response


def _sheet_of(content: Content) -> Sheet:
    if isinstance(content, Review):
        return ReviewSheet.of(content)
    assert isinstance(content, Observation)
    return ObservationSheet.of(content)


def _begin_forms() -> tuple[BeginObservationForm, BeginReviewForm]:
    sessions = queries.sessions_given(current_user)
    names = queries.names_of(one.user_id for one in sessions)
    observation = BeginObservationForm(data=default_day(sessions, today(current_user.time_zone)))
    observation.offer(sessions, names)
    review = BeginReviewForm(prefix="review")
    review.offer(names)
    return observation, review


def _listing(observation: BeginObservationForm | None = None, review: BeginReviewForm | None = None) -> str:
    fresh_observation, fresh_review = _begin_forms()
    state, typed = request.args.get("state", ""), request.args.get("words", "").strip()[:80]
    return render_template(
        "staff/credentials/coaching_forms.html",
        page=paginate(queries.forms_by(current_user, state, typed), page_number(), per=25),
        typed=typed,
        url=page_url("staff_mentoring.forms"),
        observation=observation or fresh_observation,
        review=review or fresh_review,
        has_sessions=bool(fresh_observation.session.choices),
        states=[("", "All but dropped"), *((str(key), words) for key, (words, _) in queries.STATES.items())],
        state=state,
        words=queries.STATES,
        title_of=queries.title_of,
    )
