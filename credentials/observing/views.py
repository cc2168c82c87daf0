"""A trainee reads the forms about their coaching, signs them, or gives one back with a word."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from credentials.asking import page_number, page_url
from credentials.certificates.views import pdf_response
from credentials.doors import hours, staff_hours
from credentials.models import CoachingForm, FormState
from credentials.observing import drafting, queries, signing
from credentials.observing.documents import file_name, form_pdf
from credentials.observing.forms import GiveBackForm
from credentials.observing.mentor_views import shown
from credentials.passports.taking_beside import brought_reviews_of
from foundation.access import signed_in, staff
from foundation.audit import record
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.paging import paginate


@hours.get("/forms")
@signed_in
def forms() -> str:
    return render_template(
        "credentials/forms.html",
        page=paginate(queries.forms_about(current_user), page_number(), per=25),
        url=page_url(),
        words=queries.STATES,
        title_of=queries.title_of,
        brought=brought_reviews_of(current_user.id),
    )


@hours.get("/forms/<public_id>")
@signed_in
def form(public_id: str) -> str:
    return _page(signing.form_of(public_id, trainee=current_user), GiveBackForm(formdata=None))


@hours.post("/forms/<public_id>/sign")
@signed_in
def sign_form(public_id: str) -> AnyResponse:
    try:
        signing.sign(signing.form_of(public_id, trainee=current_user), actor=current_user, at=now())
        db.session.commit()
        flash("Signed by both. The PDF is yours to keep.", "good")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(url_for("hours.form", public_id=public_id), 303)


@hours.post("/forms/<public_id>/give-back")
@signed_in
def give_form_back(public_id: str) -> str | AnyResponse:
    asked = GiveBackForm()
    if asked.validate_on_submit():
        try:
            found = signing.form_of(public_id, trainee=current_user)
            signing.give_back(found, word=asked.word.data or "", actor=current_user, at=now())
            db.session.commit()
            flash("Given back. You get a letter when it is there to sign again.", "good")
            return redirect(url_for("hours.forms"), 303)
        except Refused as refused:
            db.session.rollback()
            asked.refuse(refused)
    return _page(signing.form_of(public_id, trainee=current_user), asked)


@hours.get("/forms/<public_id>.pdf")
@signed_in
def form_document(public_id: str) -> Response:
    found = signing.form_of(public_id, trainee=current_user)
    return pdf_response(form_pdf(found), file_name(found))


@staff_hours.get("/forms/<public_id>.pdf")
@staff("registrar")
def form_for_registrar(public_id: str) -> Response:
    """What both have signed, for an audit; that it was read is written down."""
    found = db.session.query(CoachingForm).filter_by(public_id=public_id, state=FormState.SIGNED).one_or_none()
    if found is None:
        raise NotFound
    record("form.read_by_staff", subject=found, actor=current_user, at=now())
    db.session.commit()
    return pdf_response(form_pdf(found), file_name(found))


def _page(found: CoachingForm, asked: GiveBackForm) -> str:
    version = drafting.version_of(found)
    signatures = queries.signatures_of(found)
    return render_template(
        "credentials/form.html",
        asked=asked,
        signatures=signatures,
        holds=queries.signatures_hold(version, signatures),
        state=queries.STATES[found.state],
        **shown(found, drafting.content_of(found, version)),
    )
