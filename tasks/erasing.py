"""People whose days of grace are over are erased; what came in late and files that are left go in the next sweeps."""

from __future__ import annotations

import structlog
from celery import shared_task

from accounts.erasing import carrying_out
from foundation.clock import now
from foundation.db import db
from foundation.jobs import Job

log = structlog.get_logger()


@shared_task(name=Job.ERASE_DUE.value)  # type: ignore[untyped-decorator]
def erase_due() -> int:
    """Each in a transaction of its own; says how many. One that can't be erased does not keep the others waiting."""
    done = 0
    for erasure_id in carrying_out.due(now()):
        try:
            done += carrying_out.carry_out(erasure_id, at=now())
            db.session.commit()
        except Exception as error:
            db.session.rollback()
            log.error("erasure.failed", erasure=erasure_id, error=type(error).__name__)
    for erasure_id in carrying_out.to_go_over(now()):
        carrying_out.go_over(erasure_id, at=now())
        db.session.commit()
    return done
