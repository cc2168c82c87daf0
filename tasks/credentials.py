"""What the worker does about hours: letters that remind of renewals, each promised and committed by itself."""

from __future__ import annotations

from celery import shared_task

from credentials.renewing import reminding
from foundation.clock import now
from foundation.db import db
from foundation.jobs import Job


@shared_task(name=Job.REMIND_OF_RENEWALS.value)  # type: ignore[untyped-decorator]
def remind_of_renewals() -> int:
    """Every reminder that is due; says how many were promised."""
    at, due = now(), reminding.due(now())
    for one in due:
        reminding.remind(one, at=at)
        db.session.commit()
    return len(due)
