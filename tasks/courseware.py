"""Classes that are over: what people tapped at the door is counted, one class a transaction."""

from __future__ import annotations

import structlog
from celery import shared_task

from courseware.attendance.checking_in import classes_to_close, close_class
from foundation.clock import now
from foundation.db import db
from foundation.jobs import Job

log = structlog.get_logger()


@shared_task(name=Job.CLOSE_CLASSES.value)  # type: ignore[untyped-decorator]
def close_classes() -> int:
    """Says how many people were marked. A class that can't be counted does not keep the others waiting."""
    marked = 0
    for class_id in classes_to_close(now()):
        try:
            marked += close_class(class_id, at=now())
            db.session.commit()
        except Exception as error:
            db.session.rollback()
            log.warning("class.not_closed", live_class=class_id, error=type(error).__name__)
    return marked
