"""Standing still: while the mail server does not let us in, no letter is tried, and none loses a try."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from foundation.db import db
from mail.models import Standstill

WAIT = timedelta(minutes=10)


def is_still(smtp_url: str, at: datetime) -> bool:
    found = standstill(smtp_url)
    return found is not None and found.until > at


def current(at: datetime) -> Standstill | None:
    """The standstill of this moment, whichever mail server it is of: the one that lasts longest."""
    query = select(Standstill).where(Standstill.until > at)
    return db.session.scalar(query.order_by(Standstill.until.desc(), Standstill.relay).limit(1))


def standstill(smtp_url: str) -> Standstill | None:
    return db.session.scalar(select(Standstill).where(Standstill.relay == _key(smtp_url)))


def stand_still(smtp_url: str, reason: str, *, at: datetime) -> datetime:
    """Wait ten minutes, then let one letter try. Returns until when."""
    until = at + WAIT
    row = {"relay": _key(smtp_url), "until": until, "since": at, "reason": reason}
    statement = insert(Standstill).values(**row)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["relay"], set_={"until": until, "reason": reason})
    )
    return until


def go_on(smtp_url: str) -> None:
    db.session.execute(delete(Standstill).where(Standstill.relay == _key(smtp_url)))


def _key(smtp_url: str) -> str:
    """The server, user and password together: with a new password the queue goes on at once."""
    return hashlib.sha256(smtp_url.encode()).hexdigest()[:32]
