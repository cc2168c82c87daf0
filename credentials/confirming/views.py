"""Asking for a confirmation, and the trainee's list of what was asked."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from credentials.asking import page_number, page_url
from credentials.confirming import queries, requesting
from credentials.confirming.forms import AskForm
from credentials.confirming.subjects import Subject, subject_of
from credentials.doors import hours
from foundation.access import signed_in
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused
from foundation.limits import limiter
from foundation.paging import paginate


@hours.get("/confirmations")
@signed_in
def confirmations() -> str:
    state, at = request.args.get("state", ""), now()
    return render_template(
        "credentials/confirmations.html",
        page=(page := paginate(queries.questions_of(current_user.id, state, at), page_number(), per=25)),
        url=page_url(),
        rows=[(one, queries.WORDS[queries.state_of(one, at)]) for one in page.items],
        states=[("", "All"), *((key, words) for key, (words, _) in queries.WORDS.items())],
        state=state,
    )


@hours.route("/lines/<public_id>/confirmation", methods=["GET", "POST"])
@signed_in
@limiter.limit("30/hour", methods=["POST"])
def confirmation(public_id: str) -> str | Response:
    subject, form = subject_of(current_user, public_id), AskForm()
    if form.validate_on_submit():
        try:
            requesting.ask(current_user, public_id, address=form.address.data or "", at=now())
            db.session.commit()
            flash("The letter is on its way. The link in it works for 30 days.", "good")
            return redirect(url_for("hours.confirmation", public_id=public_id), 303)
        except Refused as refused:
            db.session.rollback()
            subject = subject_of(current_user, public_id)
            form.refuse(refused)
    return _page(subject, form)


@hours.post("/confirmations/<public_id>/revoke")
@signed_in
def revoke_confirmation(public_id: str) -> Response:
    try:
        asked = requesting.revoke(current_user, public_id, at=now())
        entry = asked.entry.public_id
        db.session.commit()
        flash("Taken back. The link in the letter acts no more.", "good")
        return redirect(url_for("hours.confirmation", public_id=entry), 303)
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(url_for("hours.confirmations"), 303)


def _page(subject: Subject, form: AskForm) -> str:
    at, asked = now(), requesting.asked_about(subject.entry.id)
    if not form.is_submitted():
        form.address.data = subject.address or (asked[0].address if asked else "")
    newest = asked[0] if asked else None
    return render_template(
        "credentials/confirmation.html",
        subject=subject,
        form=form,
        newest=newest,
        state=queries.state_of(newest, at) if newest else "",
        words=queries.WORDS,
        earlier=[(one, queries.WORDS[queries.state_of(one, at)]) for one in asked[1:]],
        trouble=queries.trouble_with(newest) if newest else "",
        left=requesting.MOST_TO_A_LINE - len(asked),
    )
