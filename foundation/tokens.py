"""Signed words for links: bound to a purpose, with an end where there should be one, stored nowhere."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, cast

from flask import current_app
from itsdangerous import BadSignature, SignatureExpired, Signer, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode, want_bytes

from foundation.errors import Refused

LONG = 600  # bytes of JSON, from which on they are packed


class Seal(URLSafeTimedSerializer):
    """The library's own, for short words. It tries whether they pack smaller, which costs more than to seal them.

    `hashlib.sha1` itself, where the library has a function around it: `hmac` knows it and leaves the work to OpenSSL.
    What one of them has sealed the other opens.
    """

    def __init__(self, secret: Any, salt: str, *, serializer: Any = None, **signer: Any) -> None:
        super().__init__(
            secret, salt=salt, serializer=serializer, signer_kwargs={"digest_method": hashlib.sha1, **signer}
        )
        self.kept_signer = cast(TimestampSigner, super().make_signer())

    def make_signer(self, salt: str | bytes | None = None) -> Signer:
        return self.kept_signer if salt is None else super().make_signer(salt)

    def dump_payload(self, obj: Any) -> bytes:
        words = want_bytes(self.serializer.dumps(obj, **self.serializer_kwargs))
        return base64_encode(words) if len(words) < LONG else super().dump_payload(obj)


def _serializer(purpose: str) -> Seal:
    return _serializer_of(current_app.config["SETTINGS"].secret_key, purpose)


@lru_cache(100)
def _serializer_of(secret: str, purpose: str) -> Seal:
    return Seal(secret, f"practicum.{purpose}")


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
