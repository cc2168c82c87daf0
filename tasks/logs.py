"""What the worker does with coaching logs that are too large for a page."""

from __future__ import annotations

from time import monotonic

from celery import shared_task

from credentials.coaching_log.importing import working
from foundation.clock import now
from foundation.db import db
from foundation.jobs import Job, send

SECONDS = 45


@shared_task(name=Job.TAKE_OVER_LOGS.value)  # type: ignore[untyped-decorator]
def take_over_logs() -> int:
    """Step by step, each committed; says how many. What takes longer than a task may goes on in the next."""
    done, until = 0, monotonic() + SECONDS
    for _ in working.work(now):
        db.session.commit()
        done += 1
        if monotonic() > until:
            send(Job.TAKE_OVER_LOGS)
            break
    working.sweep(now())
    db.session.commit()
    return done
