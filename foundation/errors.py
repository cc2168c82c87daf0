"""What can be refused, and the pages that say so."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

PAGES = (400, 403, 404, 405, 413, 429, 500, 503)


class Refused(Exception):
    """A person asked for what can't be done. The message is for them; `field` names the input it belongs to."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message, self.field = message, field


class NotFound(Exception):
    """What was asked for is not there, or not theirs."""


def init_errors(app: Flask) -> None:
    """Give every error a page that is honest and helps."""
    for code in PAGES:
        app.register_error_handler(code, _page)
    app.register_error_handler(NotFound, lambda _: _render(404, ""))


def _page(error: HTTPException) -> Any:
    original = getattr(error, "original_exception", None)
    shown = "" if original is not None else (error.description or "")
    code = error.code or 500
    response = _render(code if code in PAGES else 400, shown)
    if wait := error.get_response().headers.get("Retry-After"):
        response.headers["Retry-After"] = wait
    return response


def _render(code: int, description: str) -> Response:
    if request.path.startswith(("/webhooks/", "/metrics", "/healthz", "/readyz")):
        return Response(f"{code}\n", code, mimetype="text/plain")
    return Response(render_template(f"errors/{code}.html", description=description), code)
