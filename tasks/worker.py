"""`celery -A tasks.worker` finds the application here: `celery`, with every task known to it."""

from __future__ import annotations

from typing import Any

from celery.signals import beat_init

from app import create_app
from foundation.jobs import Job, send
from tasks import modules

practicum = create_app()
celery = practicum.extensions["celery"]
modules.load()


@beat_init.connect  # type: ignore[untyped-decorator]
def _be_heard_at_once(**_: Any) -> None:
    """The doctor knows of worker and beat from their first minute on."""
    with practicum.app_context():
        send(Job.BEAT_HEARTBEAT)
