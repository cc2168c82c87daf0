"""Work for later, by name: the name travels to the broker only after the commit, and a sweeper finds what is lost.

A name without ids says only that there is something to do: where commits follow each other closely, one name that is
sent after the last of them speaks for all.
"""

from __future__ import annotations

from enum import StrEnum
from threading import Lock, Timer
from time import monotonic
from typing import Any

import structlog
from celery import Celery, Task
from flask import Flask, current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from foundation.config import Settings
from foundation.db import db

log = structlog.get_logger()


class Job(StrEnum):
    """Every job's name; `tasks/` has one task for each, which a test proves."""

    DELIVER_DUE_LETTERS = "mail.deliver_due_letters"
    SWEEP_LETTERS = "mail.sweep_letters"
    HANDLE_STRIPE_EVENTS = "payments.handle_stripe_events"
    RECONCILE_ORDERS = "payments.reconcile_orders"
    FOLLOW_PLANS = "payments.follow_plans"
    LOOK_AT_ARREARS = "payments.look_at_arrears"
    REMIND_OF_CHOICES = "payments.remind_of_choices"
    COMPARE_BOOKS = "payments.compare_books"
    FETCH_MISSED_EVENTS = "payments.fetch_missed_events"
    OFFER_FREE_SEATS = "enrollment.offer_free_seats"
    FOLLOW_ACCESS = "enrollment.follow_access"
    LAPSE_APPLICATIONS = "enrollment.lapse_applications"
    CLOSE_CLASSES = "courseware.close_classes"
    REMIND_OF_RENEWALS = "credentials.remind_of_renewals"
    TAKE_OVER_LOGS = "credentials.take_over_logs"
    SWEEP_DOCUMENTS = "credentials.sweep_documents"
    WORK_OUT_REACH = "credentials.work_out_reach"
    MAKE_PACKS = "desk.make_packs"
    ERASE_DUE = "accounts.erase_due"
    BEAT_HEARTBEAT = "desk.beat_heartbeat"


def enqueue(job: Job, *ids: int) -> None:
    """Name a job inside a transaction; it is sent when the transaction has been committed, and never otherwise."""
    waiting = db.session().info.setdefault("jobs", {})
    waiting[(job, ids)] = None


@event.listens_for(Session, "after_commit")
def _send_named_jobs(session: Session) -> None:
    if not session.in_nested_transaction():
        for job, ids in session.info.pop("jobs", {}):
            if ids:
                send(job, *ids)
            else:
                nudges.give(job)


@event.listens_for(Session, "after_rollback")
def _forget_named_jobs(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop("jobs", None)


def tell(job: Job) -> None:
    """Say that there is something to do, where what is to be done is committed already."""
    nudges.give(job)


def send(job: Job, *ids: int) -> bool:
    """Nudge the broker once. False where it is down: the row is there, the sweeper will find it."""
    celery: Celery = current_app.extensions["celery"]
    try:
        celery.send_task(job.value, args=ids, retry_policy={"max_retries": 0}, ignore_result=True)
    except Exception as error:
        log.warning("broker.unreachable", job=job.value, error=type(error).__name__)
        return False
    return True


QUIET = 0.1  # seconds between two nudges of one name, at least


class Nudges:
    """Names that need no ids: sent at once where all is quiet, else one for all that were given meanwhile."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.sent: dict[Job, float] = {}
        self.waiting: dict[Job, Timer] = {}

    def give(self, job: Job) -> None:
        """Call after the commit. What waits when a process ends is still sent; what dies with it, the sweeper finds."""
        with self.lock:
            coming = self.waiting.get(job)
            if coming is not None and coming.is_alive():  # a process that was forked off has no timer of ours
                return
            quiet = monotonic() - self.sent.get(job, 0.0) > QUIET
            if quiet:
                self.sent[job] = monotonic()
            else:
                self._later(job)
        if quiet:
            send(job)

    def _later(self, job: Job) -> None:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        self.waiting[job] = timer = Timer(QUIET, self._send, (app, job))
        timer.start()

    def _send(self, app: Flask, job: Job) -> None:
        with self.lock:
            self.waiting.pop(job, None)
            self.sent[job] = monotonic()
        with app.app_context():
            send(job)


nudges = Nudges()


def init_jobs(app: Flask, settings: Settings, timetable: dict[str, Any] | None = None) -> Celery:
    """Celery whose tasks run inside the application's context. Figures: the transport waits at most 1 s to connect."""

    class ContextTask(Task):  # type: ignore[misc]
        def __call__(self, *args: object, **kwargs: object) -> object:
            with app.app_context():
                return self.run(*args, **kwargs)

    celery = Celery(app.name, task_cls=ContextTask)
    celery.config_from_object(celery_config(settings) | {"beat_schedule": timetable or {}})
    celery.set_default()
    app.extensions["celery"] = celery
    return celery


def celery_config(settings: Settings) -> dict[str, Any]:
    return {
        "broker_url": broker_url(settings.redis_url),
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "task_time_limit": 120,
        "task_soft_time_limit": 90,
        "broker_connection_retry_on_startup": True,
        "worker_soft_shutdown_timeout": 20,
        "task_publish_retry_policy": {"max_retries": 0},
        "worker_hijack_root_logger": False,
        "timezone": "UTC",
        "beat_cron_starting_deadline": 600,
        "broker_transport_options": {
            "visibility_timeout": 600,
            "global_keyprefix": "practicum:",
            "health_check_interval": 25,
            "socket_connect_timeout": 1,
            "socket_timeout": 5,
            "socket_keepalive": True,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
        },
    }


def broker_url(redis_url: str) -> str:
    """A Redis address as kombu spells it; a Unix socket is `redis+socket://`."""
    return redis_url.replace("unix://", "redis+socket://", 1) or "redis://127.0.0.1:1/0"
