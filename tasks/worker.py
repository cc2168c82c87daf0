"""`celery -A tasks.worker` finds the application here: `celery`, with every task known to it."""

from __future__ import annotations

from app import create_app
from tasks import modules

app = create_app()
celery = app.extensions["celery"]
modules.load()
