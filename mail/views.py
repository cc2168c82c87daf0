"""Unsubscribing, and what mail providers tell us."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template, request
from werkzeug.wrappers import Response

from foundation.access import machine, public
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused
from foundation.tokens import read
from mail import consenting, noticing

letters = Blueprint("letters", __name__)


@letters.get("/unsubscribe/<token>")
@public
def unsubscribe(token: str) -> tuple[str, int]:
    """Shows a button; a program that only looks at links changes nothing."""
    try:
        read("unsubscribe", token)
    except Refused as refused:
        return render_template("letters/unsubscribe_broken.html", refused=refused), 404
    return render_template("letters/unsubscribe.html", token=token), 200


@letters.post("/unsubscribe/<token>")
@machine
def unsubscribe_now(token: str) -> str | Response:
    """RFC 8058: no cookie, no CSRF token, no redirect, and 200 for a token that isn't ours too."""
    by_program = "List-Unsubscribe" in request.form
    try:
        consenting.withdraw(read("unsubscribe", token), source="one-click" if by_program else "page", at=now())
        db.session.commit()
    except Refused as refused:
        return _plain() if by_program else render_template("letters/unsubscribe_broken.html", refused=refused)
    return _plain() if by_program else render_template("letters/unsubscribed.html")


@letters.post("/webhooks/mail/<provider>")
@machine
def provider_notice(provider: str) -> Response:
    """Bounces and complaints. 404 for a provider we don't know or that no secret is set for: nobody could forge it."""
    secret = current_app.config["SETTINGS"].mail_webhook_secrets.get(provider)
    if provider not in noticing.PROVIDERS or not secret:
        abort(404)
    try:
        for notice in noticing.read_notices(provider, request, secret, at=now()):
            noticing.take(notice, at=now())
    except noticing.Forged:
        abort(400)
    db.session.commit()
    return Response("heard\n", mimetype="text/plain")


def _plain() -> Response:
    return Response("You are unsubscribed.\n", mimetype="text/plain")
