"""Acceptances whose time is over end, and those that end soon are reminded of; a sweep that repeats without harm."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from enrollment.applications import letters, taking_up
from foundation.clock import now
from foundation.db import db
from foundation.jobs import Job

SOON = timedelta(days=3)


@shared_task(name=Job.LAPSE_APPLICATIONS.value)  # type: ignore[untyped-decorator]
def lapse_applications() -> int:
    """Each in a transaction of its own; says how many ended."""
    ended = 0
    for application_id in taking_up.overdue(now()):
        ended += taking_up.lapse_if_over(application_id, at=now())
        db.session.commit()
    for application in taking_up.soon_due(now(), now() + SOON):
        letters.due_soon(application, at=now())
    db.session.commit()
    return ended
