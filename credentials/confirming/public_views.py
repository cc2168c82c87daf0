"""The page behind the link of a letter. Mail scanners follow links, so looking changes nothing; a button acts."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from credentials.confirming.answering import answer, by_token
from credentials.confirming.forms import AnswerForm
from credentials.doors import confirm
from foundation.access import public
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused
from foundation.limits import limiter


@confirm.get("/<token>")
@public
@limiter.limit("120/hour")
def question(token: str) -> Response:
    return _page(token, AnswerForm(formdata=None))


@confirm.post("/<token>")
@public
@limiter.limit("30/hour")
def answered(token: str) -> Response | AnyResponse:
    form, pressed = AnswerForm(), request.form.get("answer")
    if not form.validate() or pressed not in {"yes", "no"}:
        return _page(token, form, 422)
    try:
        answer(token, took_place=pressed == "yes", word=form.word.data or "", at=now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _page(token, form, 422)
    return redirect(url_for("confirm.question", token=token), 303)


def _page(token: str, form: AnswerForm, status: int = 200) -> Response:
    try:
        asked, subject = by_token(token, at=now())
    except Refused as refused:
        return _sealed(render_template("credentials/confirm_gone.html", refused=refused), 410)
    page = render_template(
        "credentials/confirm.html", asked=asked, subject=subject, entry=asked.entry, token=token, form=form
    )
    return _sealed(page, status)


def _sealed(page: str, status: int) -> Response:
    """The address acts for its reader: it is told to no other site and kept in no cache."""
    response = make_response(page, status)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
