"""What is measured: each page with the person who asks for it."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from stripe import WebhookSignature
from werkzeug.test import TestResponse

from accounts.models import User
from courseware.models import Lesson
from demo.logins import LOGINS
from enrollment.models import Cohort, Enrollment
from foundation.config import LOCAL_WEBHOOK_SECRET
from foundation.db import db
from tests.bench.load import Request

BROWSER = "bench"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Page:
    """A request that can be made any number of times."""

    name: str
    path: str
    cookie: str = ""
    body: Callable[[int], tuple[dict[str, str], bytes]] | None = None
    statuses: frozenset[int] = field(default_factory=lambda: frozenset({200}))

    def request(self, number: int) -> Request:
        headers, body = self.body(number) if self.body else ({}, None)
        headers = headers | {"User-Agent": BROWSER} | ({"Cookie": self.cookie} if self.cookie else {})
        return ("POST" if self.body else "GET"), self.path, headers, body

    def fetch(self, client: FlaskClient) -> TestResponse:
        method, path, headers, body = self.request(time.time_ns())
        with client as fresh:
            for part in filter(None, self.cookie.split("; ")):
                name, _, value = part.partition("=")
                fresh.set_cookie(name, value)
            headers.pop("Cookie", None)
            return fresh.open(path, method=method, headers=headers, data=body)


def signed_cookie(app: Flask, **values: Any) -> str:
    """The session's cookie, as signing in gives it."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(values)}"


def _signed_in(app: Flask, person: User) -> dict[str, Any]:
    """What a session holds after signing in and one page; `_id` is the mark of our client's address and browser."""
    with app.test_request_context(environ_overrides={"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": BROWSER}):
        mark = app.login_manager._session_identifier_generator()  # type: ignore[attr-defined]
    return {"_user_id": person.fs_uniquifier, "_fresh": True, "_id": mark, "csrf_token": secrets.token_hex(20)}


def pages(app: Flask) -> list[Page]:
    """Everything that is measured, on the demo school."""
    with app.app_context():
        emails = dict(LOGINS)
        trainee, owner = _user(emails["trainee"]), _user(emails["staff and owner"])
        enrollment = db.session.scalars(select(Enrollment).where(Enrollment.user_id == trainee.id)).first()
        assert enrollment is not None
        program = db.session.get_one(Cohort, enrollment.cohort_id).program
        lesson = _first_lesson(program.id)
        address = _lesson_address(app, enrollment, lesson)
        hers, staffs = (signed_cookie(app, **_signed_in(app, person)) for person in (trainee, owner))
        return [
            Page("home", "/"),
            Page("program page", f"/programs/{program.slug}"),
            Page("lesson", address, hers),
            Page("hours", "/hours", hers),
            Page("staff queue", "/staff/hours", staffs),
            guide_post(app),
            Page("webhook POST", "/webhooks/stripe", body=_event),
            Page("bad webhook", "/webhooks/stripe", body=_forged, statuses=frozenset({400})),
        ]


def large_pages(app: Flask, told: dict[str, Any]) -> list[Page]:
    """What reads a large ledger: a trainee of the large school, and the registrar's page of a cohort."""
    with app.app_context():
        trainee, owner = db.session.get_one(User, told["user_id"]), _user(dict(LOGINS)["staff and owner"])
        return [
            Page("hours, large", "/hours", signed_cookie(app, **_signed_in(app, trainee))),
            Page(
                "cohort of 250",
                f"/staff/accreditation/cohorts/{told['cohort']}",
                signed_cookie(app, **_signed_in(app, owner)),
            ),
        ]


def _user(email: str) -> User:
    return db.session.scalars(select(User).where(User.email == email)).one()


def _first_lesson(program_id: int) -> Lesson:
    query = select(Lesson).where(Lesson.program_id == program_id).order_by(Lesson.id).limit(1)
    return db.session.scalars(query).one()


def _lesson_address(app: Flask, enrollment: Enrollment, lesson: Lesson) -> str:
    from flask import url_for

    with app.test_request_context():
        return url_for("learn.lesson", enrollment=enrollment.public_id, slug=lesson.slug)


def guide_post(app: Flask) -> Page:
    from flask_wtf.csrf import generate_csrf

    from enrollment.guide_forms import stamp

    with app.test_request_context():
        from flask import session

        token, opened = generate_csrf(), stamp(seconds_ago=60)
        cookie = signed_cookie(app, **dict(session))

    def body(_number: int) -> tuple[dict[str, str], bytes]:
        fields = {"csrf_token": token, "name": "Ana", "email": f"{secrets.token_hex(8)}@example.com", "opened": opened}
        return dict(FORM), urlencode(fields | {"where": "page"}).encode()

    return Page("guide POST", "/guide", cookie, body, frozenset({200, 303}))


def _event(_number: int) -> tuple[dict[str, str], bytes]:
    mark = secrets.token_hex(12)
    payload = json.dumps(
        {
            "id": f"evt_{mark}",
            "object": "event",
            "type": "checkout.session.completed",
            "api_version": "2026-10-28.endive",
            "created": int(time.time()),
            "livemode": False,
            "data": {"object": {"id": f"cs_test_{mark}", "object": "checkout.session", "metadata": {}}},
        }
    )
    signature = WebhookSignature.generate_signature_header(payload, LOCAL_WEBHOOK_SECRET)
    return {"Content-Type": "application/json", "Stripe-Signature": signature}, payload.encode()


def _forged(number: int) -> tuple[dict[str, str], bytes]:
    """As good as the real one, but for the secret."""
    headers, payload = _event(number)
    forged = WebhookSignature.generate_signature_header(payload.decode(), "whsec_guessed")
    return headers | {"Stripe-Signature": forged}, payload
