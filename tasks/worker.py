"""`celery -A tasks.worker` finds the application here: `celery`, with every task known to it."""

from __future__ import annotations

from app import create_app
from tasks import modules

practicum = create_app()
celery = practicum.extensions["celery"]
modules.load()
