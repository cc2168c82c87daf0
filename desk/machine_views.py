"""What other programs ask: are you alive, are you ready, how are you, which pages have you got."""

from __future__ import annotations

import hmac
from datetime import timedelta

from flask import Blueprint, Response, abort, current_app, jsonify, redirect, render_template, request, url_for
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select, text
from werkzeug.wrappers import Response as AnyResponse

from desk.sitemap import addresses
from foundation.access import development, machine, public
from foundation.clock import now
from foundation.db import db
from foundation.embedded import answers
from foundation.escalating import StaffTask
from foundation.filters import absolute
from foundation.heartbeat import Heartbeat
from mail.models import Letter

machines = Blueprint("machines", __name__)


@machines.get("/healthz")
@machine
def healthz() -> Response:
    """The process is alive; nothing else is asked."""
    return Response("ok\n", mimetype="text/plain")


@machines.get("/readyz")
@machine
def readyz() -> Response | tuple[Response, int]:
    """Ready where the database answers. A broker that is down makes letters late, not pages: it is only said."""
    try:
        db.session.execute(text("SELECT 1"))
    except Exception:
        return jsonify(ready=False, database=False), 503
    broker = answers(current_app.config["SETTINGS"].redis_url)
    seen = db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == "worker"))
    working = seen is not None and now() - seen < timedelta(minutes=3)
    return jsonify(ready=True, database=True, broker=broker, worker=working)


@machines.get("/metrics")
@machine
def metrics() -> Response:
    """Gauges for Prometheus. With PRACTICUM_METRICS_TOKEN set, a bearer token is asked for."""
    token = current_app.config["SETTINGS"].metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and not hmac.compare_digest(token.encode(), given.encode()):
        abort(403)
    registry = CollectorRegistry()
    letters = Gauge("practicum_letters", "Letters by state", ["state"], registry=registry)
    for state, number in db.session.execute(select(Letter.state, func.count()).group_by(Letter.state)):
        letters.labels(state=str(state)).set(number)
    waiting = select(func.count(StaffTask.id)).where(StaffTask.resolved_at.is_(None))
    Gauge("practicum_open_decisions", "Decisions that wait for staff", registry=registry).set(
        db.session.scalar(waiting) or 0
    )
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@machines.get("/sitemap.xml")
@public
def sitemap() -> Response:
    body = render_template("desk/sitemap.xml", addresses=addresses(now()))
    return Response(body, mimetype="application/xml")


@machines.get("/robots.txt")
@public
def robots() -> Response:
    closed = ("/account", "/dev", "/enroll", "/guide/", "/hours", "/learn", "/orders", "/staff", "/webhooks")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines.append(f"Sitemap: {absolute(url_for('machines.sitemap'))}")
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@machines.get("/.well-known/security.txt")
@public
def security_txt() -> Response:
    chosen = current_app.config["SETTINGS"]
    expires = (now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    canonical = absolute(url_for("machines.security_txt"))
    body = (
        f"Contact: mailto:{chosen.school_email}\nExpires: {expires}\nPreferred-Languages: en\nCanonical: {canonical}\n"
    )
    return Response(body, mimetype="text/plain")


@machines.get("/.well-known/change-password")
@public
def change_password() -> AnyResponse:
    """Password managers look here (W3C, A Well-Known URL for Changing Passwords)."""
    return redirect(url_for("security.change_password"), 302)


@machines.get("/favicon.ico")
@public
def favicon() -> AnyResponse:
    return redirect(current_app.extensions["asset"]("img/favicon.svg"), 302)


@machines.get("/dev/stripe")
@development
def local_stripe() -> AnyResponse:
    """The local Stripe's own control page, in its own process."""
    chosen = current_app.config["SETTINGS"]
    if not chosen.uses_local_stripe:
        abort(404)
    return redirect(chosen.stripe_api_base, 302)
