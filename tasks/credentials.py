"""What the worker does about hours: letters that remind of renewals, and documents nobody handed in."""

from __future__ import annotations

from celery import shared_task

from credentials.prior_learning import sweeping
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


@shared_task(name=Job.SWEEP_DOCUMENTS.value)  # type: ignore[untyped-decorator]
def sweep_documents() -> int:
    """Files of prior learning that no claim names after a day; says how many were removed."""
    return sweeping.sweep(at=now())
