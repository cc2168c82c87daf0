"""Letters: a nudge after each commit that promised one, and a sweep that finds what a nudge missed."""

from __future__ import annotations

from celery import shared_task

from foundation.clock import now
from foundation.db import db
from foundation.jobs import Job
from mail.delivering import deliver_due


@shared_task(name=Job.DELIVER_DUE_LETTERS.value)  # type: ignore[untyped-decorator]
def deliver_due_letters() -> None:
    for _ in deliver_due(now):
        db.session.commit()


@shared_task(name=Job.SWEEP_LETTERS.value)  # type: ignore[untyped-decorator]
def sweep_letters() -> None:
    deliver_due_letters()
