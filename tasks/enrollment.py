"""Seats that came free are offered to those who wait; a nudge after each release, and a sweep that needs none."""

from __future__ import annotations

from celery import shared_task

from enrollment.models import Cohort
from enrollment.waitlist import offering
from foundation.clock import now
from foundation.db import db
from foundation.jobs import Job


@shared_task(name=Job.OFFER_FREE_SEATS.value)  # type: ignore[untyped-decorator]
def offer_free_seats() -> int:
    """Every cohort with a line, each in a transaction of its own; says how many seats were offered."""
    offered = 0
    for cohort_id in offering.cohorts_in_line():
        offered += offering.offer_free_seats(db.session.get_one(Cohort, cohort_id), at=now())
        db.session.commit()
    return offered
