"""What a phone asks: the page without anybody's data, what it may know of its owner, and to take a session in."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, jsonify, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select

from credentials.coaching_log.forms import SessionForm
from credentials.coaching_log.keeping_clients import clients_of
from credentials.coaching_log.logging_sessions import logged_already
from credentials.coaching_log.phone.sealing import phone_key_of
from credentials.coaching_log.taking_in import SaidDifferently, offer_clients, take_in
from credentials.doors import hours
from credentials.models import CoachingSession, Payment
from foundation.access import public, signed_in
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import hours as in_words

SCRIPTS = ["theme", "menu", "toast", "shows_for", "phone/filling", "phone/keeping", "phone/quick", "phone/listing"]
SCRIPTS += ["phone/registering", "phone/sending"]
FONTS = ("public-sans-latin", "public-sans-latin-ext", "besley-latin", "besley-latin-ext")


@hours.get("/log/quick")
@signed_in
def quick() -> str:
    """The same for everybody: a phone keeps this page, so it names nobody and carries no token."""
    form = SessionForm(meta={"csrf": False}, data={"payment": str(Payment.PAID)})
    form.offer([])
    return render_template("credentials/quick.html", form=form, more=False)


@hours.get("/log/phone.json")
@signed_in
def known() -> Response:
    """What the phone may keep until its owner signs out, and a token that is good now."""
    key = phone_key_of(current_user, at=now())
    db.session.commit()
    clients = [one for one in clients_of(current_user) if not one.forgotten_at]
    last = (
        select(CoachingSession.payment)
        .where(CoachingSession.user_id == current_user.id)
        .order_by(CoachingSession.id.desc())
    )
    return _fresh(
        {
            "owner": key.public_id,
            "key": key.key,
            "clients": [{"id": one.public_id, "name": one.name, "code": one.code} for one in clients],
            "zone": current_user.time_zone,
            "payment": str(db.session.scalar(last.limit(1)) or Payment.PAID),
            "token": generate_csrf(),
        }
    )


@hours.post("/log/phone")
@signed_in
def take() -> tuple[Response, int]:
    """One session that waited on a phone. The same one sent again gets the same answer."""
    if request.form.get("owner") != phone_key_of(current_user, at=now()).public_id:
        return _fresh({"state": "another"}), 409
    form = SessionForm()
    first = logged_already(current_user, form.once.data or "")
    offer_clients(form, current_user, clients_of(current_user), keep=first.client if first else None)
    if not form.validate():
        return _refused(form)
    try:
        session = take_in(form, current_user, at=now())
        db.session.commit()
    except SaidDifferently as said:
        db.session.rollback()
        return _fresh({"state": "differs"} | _logged(said.session)), 409
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _refused(form)
    return _fresh({"state": "logged"} | _logged(session)), 200


def _logged(session: CoachingSession) -> dict[str, str]:
    return {
        "client": session.client.public_id,
        "words": f"{in_words(session.minutes)} with {session.client.code}",
        "href": url_for("hours.correct_session", public_id=session.public_id),
    }


def _refused(form: SessionForm) -> tuple[Response, int]:
    errors = {name or "": [str(problem) for problem in problems] for name, problems in form.errors.items()}
    return _fresh({"state": "refused", "errors": errors}), 422


def _fresh(told: dict[str, Any]) -> Response:
    answer = jsonify(told)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@hours.get("/worker.mjs")
@public
def worker() -> Response:
    """The service worker of the log. A new release changes its words, so the phone takes the new page with it."""
    asset = current_app.extensions["asset"]
    files = [asset("practicum.css"), asset("img/favicon.svg")]
    files += [asset(f"js/{name}.mjs") for name in SCRIPTS]
    files += [asset(f"fonts/{name}.woff2") for name in FONTS]
    body = render_template(
        "credentials/worker.mjs", serving=asset("js/phone/serving.mjs"), page=url_for("hours.quick"), files=files
    )
    return Response(body, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@hours.get("/log/app.webmanifest")
@public
def manifest() -> Response:
    """The log as an app of its own (W3C, Web Application Manifest)."""
    asset, name = current_app.extensions["asset"], current_app.config["SETTINGS"].school_name
    drawn = [("icon-192", "192x192", "any"), ("icon-512", "512x512", "any"), ("maskable-512", "512x512", "maskable")]
    answer = jsonify(
        id=url_for("hours.quick"),
        name=f"Coaching log, {name}",
        short_name="Coaching log",
        description="Log a coaching session in ten seconds, with or without a network.",
        start_url=url_for("hours.quick"),
        scope="/",
        display="standalone",
        lang="en",
        background_color="#f6f8f6",
        theme_color="#17493b",
        icons=[
            {"src": asset(f"img/app/{file}.png"), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for file, sizes, purpose in drawn
        ],
    )
    answer.mimetype = "application/manifest+json"
    answer.headers["Cache-Control"] = "no-cache"
    return answer
