"""Signed words for links: bound to a purpose, with an end where there should be one, stored nowhere."""

from __future__ import annotations

from typing import Any

from flask import current_app
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from foundation.errors import Refused


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SETTINGS"].secret_key, salt=f"practicum.{purpose}")


def sign(purpose: str, value: Any) -> str:
    """A URL-safe token that only `read` with the same purpose accepts."""
    return str(_serializer(purpose).dumps(value))


def read(purpose: str, token: str, *, max_age: int | None = None) -> Any:
    """What was signed. `max_age` in seconds. Raises Refused where it is garbled, forged or too old."""
    try:
        return _serializer(purpose).loads(token, max_age=max_age)
    except SignatureExpired:
        raise Refused("This link has run out. Ask for a new one.") from None
    except BadSignature:
        raise Refused("This link isn't one of ours, or it was cut short on the way.") from None
