"""What the worker does about rules: how far a draft of rules reaches."""

from __future__ import annotations

from time import monotonic

from celery import shared_task

from credentials.ruling import reaching
from foundation.clock import now
from foundation.db import db
from foundation.jobs import Job, send

SECONDS = 45


@shared_task(name=Job.WORK_OUT_REACH.value)  # type: ignore[untyped-decorator]
def work_out_reach() -> int:
    """Piece by piece, each committed; says how many. What takes longer than a task may goes on in the next."""
    done, until = 0, monotonic() + SECONDS
    for _ in reaching.work(now()):
        db.session.commit()
        done += 1
        if monotonic() > until:
            send(Job.WORK_OUT_REACH)
            break
    db.session.commit()
    return done
