"""What the tests of the waitlist look at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from enrollment.models import Cohort, Seat, SeatState
from enrollment.waitlist import offering
from enrollment.waitlist.models import WaitlistEntry
from foundation.db import db
from mail.models import Letter


def sweep(school: Any, cohort: Any, at: datetime | None = None) -> int:
    """What the worker does for one cohort, at a moment."""
    with school.app.app_context():
        offered = offering.offer_free_seats(db.session.get_one(Cohort, cohort.id), at=at or school.now())
        db.session.commit()
    return offered


def states(school: Any) -> list[str]:
    """Where each entry stands, in the order of joining."""
    with school.app.app_context():
        return [str(entry.state) for entry in db.session.scalars(select(WaitlistEntry).order_by(WaitlistEntry.id))]


def live_seats(school: Any) -> list[str]:
    """Whose seats are held or taken."""
    with school.app.app_context():
        query = select(Seat.ref).where(Seat.state != SeatState.RELEASED).order_by(Seat.id)
        return [ref.split(":")[0] for ref in db.session.scalars(query)]


def letters(school: Any, start: str = "waitlist.") -> list[tuple[str, str]]:
    """Kind and address of the letters that were promised, oldest first."""
    with school.app.app_context():
        rows = db.session.scalars(select(Letter).where(Letter.kind.startswith(start)).order_by(Letter.id))
        return [(letter.kind.removeprefix(start), letter.to_address) for letter in rows]


def entry_of(school: Any, entry: Any) -> Any:
    """An entry as it is now."""
    with school.app.app_context():
        found = db.session.get_one(WaitlistEntry, entry.id)
        db.session.expunge_all()
        return found
