"""Signed words for links: bound to a purpose, with an end where there should be one, stored nowhere."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from foundation.errors import Refused


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return _serializer_of(current_app.config["SETTINGS"].secret_key, purpose)


@lru_cache(100)
def _serializer_of(secret: str, purpose: str) -> URLSafeTimedSerializer:
    """With `hashlib.sha1` itself, of which `hmac` leaves the work to OpenSSL; the library has a function around it."""
    return URLSafeTimedSerializer(
        secret, salt=f"practicum.{purpose}", signer_kwargs={"digest_method": hashlib.sha1}
    )


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
