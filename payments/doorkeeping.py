"""Doorkeeping: at the door that Stripe writes to, a message without our signature is sent away before Flask begins.

Anybody may knock there as often as they like. Until a message is proved it costs a hash and no more: no session, no
statement, no page, and at most one line of the log a minute (`tests/bench/flood.py` says what that comes to).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from http import HTTPStatus
from io import BytesIO
from typing import Any

import structlog
from flask import Flask

from foundation.clock import now
from payments import gateway

PATH = "/webhooks/stripe"
PROVED = "practicum.proved"
"""Where the proved bytes lie for the view. No header of a request can be called so."""
LARGEST = 512 * 1024
log = structlog.get_logger()
Environ = dict[str, Any]


class Refusals:
    """How many were sent away. The first is told at once, the others by one line a minute."""

    PAUSE = timedelta(minutes=1)

    def __init__(self) -> None:
        self.told_at: datetime | None = None
        self.count = 0
        self.lock = threading.Lock()

    def untold(self, *, at: datetime) -> int:
        """Count one more; how many a line should tell of now, 0 where it is too early for one."""
        with self.lock:
            self.count += 1
            if self.told_at is not None and at - self.told_at < self.PAUSE:
                return 0
            untold, self.count, self.told_at = self.count, 0, at
            return untold


class Doorkeeper:
    """Wraps the application: asks whoever comes to Stripe's door for the signature, lets everybody else by."""

    def __init__(self, app: Flask) -> None:
        self.app, self.inside, self.refusals = app, app.wsgi_app, Refusals()

    def __call__(self, environ: Environ, answer: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == PATH and environ["REQUEST_METHOD"] == "POST":
            refused = self._refused(environ, at=now())
            if refused is not None:
                return _said(refused, answer)
        return self.inside(environ, answer)

    def _refused(self, environ: Environ, *, at: datetime) -> HTTPStatus | None:
        """None for what is proved, its bytes laid ready; what the time alone gives away is not even read."""
        secrets = self.app.config["SETTINGS"].stripe_webhook_secrets
        try:
            signature = gateway.Signature.read(environ.get("HTTP_STRIPE_SIGNATURE", ""), at=at)
            payload = _body(environ)
            if len(payload) > LARGEST:
                return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            signature.prove(payload, secrets)
        except gateway.BadSignature as error:
            if untold := self.refusals.untold(at=at):
                log.warning("stripe.webhook_refused", reason=str(error), refused=untold)
            return HTTPStatus.BAD_REQUEST
        environ[PROVED], environ["wsgi.input"] = payload, BytesIO(payload)
        return None


def _body(environ: Environ) -> bytes:
    """The body, or a byte more than the largest we take; a proxy may send it in chunks, without its length."""
    length = environ.get("CONTENT_LENGTH") or ""
    if length.isdecimal():
        return bytes(environ["wsgi.input"].read(int(length))) if int(length) <= LARGEST else b"x" * (LARGEST + 1)
    return bytes(environ["wsgi.input"].read(LARGEST + 1)) if environ.get("wsgi.input_terminated") else b""


def _said(status: HTTPStatus, answer: Callable[..., Any]) -> Iterable[bytes]:
    words = b"too large\n" if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else b"refused\n"
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(words)))]
    answer(f"{status.value} {status.phrase}", [*headers, ("X-Content-Type-Options", "nosniff")])
    return [words]


def init_door(app: Flask) -> None:
    """Call when everything else that wraps the application is in place: whoever wraps last is asked first."""
    keeper: Any = Doorkeeper(app)
    app.wsgi_app = keeper  # type: ignore[method-assign]
