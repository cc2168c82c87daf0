"""Every minute beat says so, and a worker writes it down."""

from __future__ import annotations

from celery import shared_task

from foundation.clock import now
from foundation.db import db
from foundation.heartbeat import beat
from foundation.jobs import Job


@shared_task(name=Job.BEAT_HEARTBEAT.value)  # type: ignore[untyped-decorator]
def note_heartbeat() -> None:
    beat("worker", now())
    db.session.commit()
