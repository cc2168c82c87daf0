"""Filling the wallet: recording a credential, noting units by hand, keeping their documents."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from credentials.asking import offer_undo
from credentials.doors import hours, staff_hours
from credentials.models import Level
from credentials.renewing import filling, holding
from credentials.renewing.forms import CredentialForm, DocumentForm, UnitForm, document_in
from credentials.wording import STATES
from foundation.access import signed_in, staff
from foundation.clock import now, today
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import hours as in_words
from foundation.limits import limiter
from foundation.uploads import document_response


@hours.route("/renewal/credential", methods=["GET", "POST"])
@signed_in
def held_credentials() -> str | AnyResponse:
    form = CredentialForm()
    if form.validate_on_submit():
        assert form.granted_on.data and form.expires_on.data
        try:
            holding.note_credential(
                current_user,
                level=Level(form.level.data),
                granted_on=form.granted_on.data,
                expires_on=form.expires_on.data,
                number=form.number.data or "",
                at=now(),
            )
            db.session.commit()
            flash(f"Recorded: {form.level.data} until {form.expires_on.data.isoformat()}.", "good")
            return redirect(url_for("hours.renewal"), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    held = holding.credentials_of(current_user)
    return render_template("credentials/renewal_credential.html", form=form, held=held)


@hours.post("/renewal/credential/<public_id>/withdraw")
@signed_in
def withdraw_credential(public_id: str) -> AnyResponse:
    holding.withdraw_credential(holding.credential_of(current_user, public_id), user=current_user, at=now())
    db.session.commit()
    flash("Taken back. Your units stay as they are.", "good")
    return redirect(url_for("hours.held_credentials"), 303)


@hours.route("/renewal/units/new", methods=["GET", "POST"])
@limiter.limit("60/hour", methods=["POST"])
@signed_in
def new_unit() -> str | AnyResponse:
    form = UnitForm(data={"on": today(current_user.time_zone)})
    if form.validate_on_submit():
        try:
            unit = filling.note_unit(
                current_user, _taught(form), once=form.once.data or "", document=document_in(form), at=now()
            )
            db.session.commit()
            words = f"Noted: {in_words(_taught(form).minutes)} of “{unit.title}”."
            offer_undo(words, url_for("hours.undo_unit", public_id=unit.public_id))
            return redirect(url_for("hours.renewal"), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    return render_template("credentials/renewal_unit_new.html", form=form)


def _taught(form: UnitForm) -> filling.Taught:
    assert form.on.data
    return filling.Taught(
        on=form.on.data,
        title=form.title.data or "",
        core=form.core.minutes,
        ethics=form.ethics.minutes,
        resource=form.resource.minutes,
        supervision=form.supervision.minutes,
        provider=form.provider.data or "",
    )


@hours.route("/renewal/units/<public_id>", methods=["GET", "POST"])
@limiter.limit("60/hour", methods=["POST"])
@signed_in
def unit(public_id: str) -> str | AnyResponse:
    found, form = filling.unit_of(current_user, public_id), DocumentForm()
    if form.validate_on_submit():
        try:
            if document := document_in(form):
                filling.add_document(found, document, user=current_user, at=now())
            db.session.commit()
            flash("Kept with the unit.", "good")
            return redirect(url_for("hours.unit", public_id=public_id), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
            found = filling.unit_of(current_user, public_id)
    return render_template("credentials/renewal_unit.html", unit=found, form=form, states=STATES)


@hours.post("/renewal/units/<public_id>/undo")
@signed_in
def undo_unit(public_id: str) -> AnyResponse:
    filling.take_back_unit(filling.unit_of(current_user, public_id), user=current_user, at=now())
    db.session.commit()
    flash("Taken back. Nothing of it counts.", "good")
    return redirect(url_for("hours.renewal"), 303)


@hours.get("/renewal/documents/<public_id>")
@signed_in
def document(public_id: str) -> Response:
    found = filling.document_named(public_id, owner=current_user)
    return document_response(found.name, found.media_type, found.content)


@staff_hours.get("/documents/<public_id>")
@staff("registrar")
def staff_document(public_id: str) -> Response:
    found = filling.document_named(public_id)
    return document_response(found.name, found.media_type, found.content)
