"""Credentials that somebody holds, and continuing education."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from credentials.models import CceUnit, HeldCredential, Level
from credentials.renewing.filling import Taught, note_unit
from credentials.renewing.holding import note_credential
from foundation.db import db


def held_credential(school: Any, user: Any, **wishes: Any) -> HeldCredential:
    """A PCC that was granted two years ago and ends in a year, as if recorded long ago."""
    today = school.now().date()
    facts: dict[str, Any] = {
        "level": Level.PCC,
        "granted_on": today - timedelta(days=730),
        "expires_on": today + timedelta(days=366),
        "at": school.now() - timedelta(days=700),
    }
    return note_credential(db.session.merge(user), **(facts | wishes))


def cce_unit(school: Any, user: Any, **wishes: Any) -> CceUnit:
    """An hour of ethics a month ago, or what is wished for."""
    document = wishes.pop("document", None)
    on: date = (school.now() - timedelta(days=30)).date()
    facts: dict[str, Any] = {"on": on, "title": "Ethics at the edges", "ethics": 60, "provider": "Far Shore Institute"}
    once = f"{next(school.number):022}"
    taught = Taught(**(facts | wishes))
    return note_unit(db.session.merge(user), taught, once=once, document=document, at=school.now())
