"""The code of a class: six digits for everybody in the room, another every minute, made and not stored."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from flask import current_app

from courseware.models import LiveClass

LIVES = timedelta(minutes=1)
STILL_TAKEN = 3  # a code is taken for as many minutes after its own: scanning, signing in and typing take time
OPENS_BEFORE = timedelta(minutes=15)


def is_open(live_class: LiveClass, at: datetime) -> bool:
    """Whether one can check in: from a quarter of an hour before the class until its end."""
    return opens_at(live_class) <= at < live_class.ends_at


def opens_at(live_class: LiveClass) -> datetime:
    return live_class.starts_at - OPENS_BEFORE


def code_at(live_class: LiveClass, at: datetime) -> str:
    """The six digits that are shown at a moment."""
    return _code(live_class, _step(at))


def is_right(live_class: LiveClass, code: str, at: datetime) -> bool:
    """Whether the digits were shown just now. Spaces and dashes between them make no difference."""
    typed = "".join(sign for sign in code if not sign.isspace() and sign not in "-–")
    known = [_code(live_class, _step(at) - back) for back in range(STILL_TAKEN + 1)]
    return any(hmac.compare_digest(typed.encode(), one.encode()) for one in known)


def shown(code: str) -> str:
    """A code as one reads it aloud: `418 203`."""
    return f"{code[:3]} {code[3:]}"


def _step(at: datetime) -> int:
    return int(at.timestamp() // LIVES.total_seconds())


def _code(live_class: LiveClass, step: int) -> str:
    key = current_app.config["SETTINGS"].secret_key.encode()
    digest = hmac.new(key, f"check-in:{live_class.public_id}:{step}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"
