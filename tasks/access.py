"""The completion clocks, each in a transaction of its own: a letter ahead, and the end when the time is over."""

from __future__ import annotations

from celery import shared_task

from enrollment.access import clock, following, letters
from enrollment.models import Enrollment
from foundation.clock import now, today
from foundation.db import db
from foundation.jobs import Job
from payments.extending import buying


@shared_task(name=Job.FOLLOW_ACCESS.value)  # type: ignore[untyped-decorator]
def follow_access() -> int:
    """Says how many ended; extensions that nobody paid for are asked for no longer."""
    ended = 0
    for enrollment_id in following.to_look_at(today()):
        enrollment = db.session.get_one(Enrollment, enrollment_id)
        days = following.due_reminder(enrollment, clock.today(enrollment, now()))
        if days is not None:
            letters.ends_soon(enrollment, days, at=now())
        ended += clock.run_out(enrollment, at=now())
        db.session.commit()
    buying.drop_unpaid(at=now())
    db.session.commit()
    return ended
