"""Chapter eight: the line of a full cohort, with an offer that ran out and one that still holds."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from accounts.identifying import create_user
from accounts.models import RoleName
from demo.people import person
from demo.reading import table
from enrollment import enrolling
from enrollment.models import Cohort, Enrollment
from enrollment.waitlist import offering, queueing
from enrollment.waitlist.models import WaitlistEntry
from foundation.db import db

FULL = "maple"
REASON = "Was let into a cohort that we had to call off"


def make_lines(at: datetime) -> None:
    """Six joined; one was let ahead and one left; a seat came free thirty hours ago."""
    cohort = db.session.query(Cohort).filter_by(code=FULL).one()
    joined = [_join(name, cohort, at - timedelta(days=8 - n)) for n, name in enumerate(table("people")["waiting"])]
    staff, first = person("beatriz-fonseca-lund"), at - timedelta(hours=30)
    queueing.let_ahead(joined[4], actor=staff, reason=REASON, at=first - timedelta(hours=3))
    queueing.leave(joined[5], at=first - timedelta(hours=2))
    somebody = db.session.scalars(
        select(Enrollment).where(Enrollment.cohort_id == cohort.id).order_by(Enrollment.id)
    ).first()
    assert somebody is not None
    enrolling.withdraw(somebody, reason="A new post abroad", at=first, actor=staff)
    offering.offer_free_seats(cohort, at=first)
    offering.offer_free_seats(cohort, at=first + timedelta(hours=cohort.offer_hours))


def _join(name: str, cohort: Cohort, at: datetime) -> WaitlistEntry:
    waiting = create_user(
        email=f"{name.split()[0].lower()}.waits@example.com",
        name=name,
        password=None,
        at=at,
        roles=[RoleName.TRAINEE],
        time_zone=cohort.time_zone,
        confirmed=True,
    )
    return queueing.join(waiting, cohort, at=at)
