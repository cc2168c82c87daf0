"""Looking whether everything that should run does, and saying so in plain words."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text

from foundation.config import Settings
from foundation.db import db
from foundation.embedded import answers
from foundation.escalating import StaffTask
from foundation.filters import count
from foundation.heartbeat import Heartbeat
from mail.models import Letter, LetterState
from payments import gateway, listening


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `is_good` False: `says` tells what to do."""

    name: str
    is_good: bool
    says: str


def examine(settings: Settings, at: datetime) -> Iterator[Finding]:
    """Every check, in the order one would look."""
    checks: list[Callable[[Settings, datetime], Finding]] = [
        *(database, schema, broker, worker, letters, mail_server, stripe, clock, disk, decisions)
    ]
    for check in checks:
        try:
            yield check(settings, at)
        except Exception as error:
            db.session.rollback()
            yield Finding(check.__name__, False, f"could not be looked at: {type(error).__name__}")


def database(_settings: Settings, _at: datetime) -> Finding:
    version = db.session.scalar(text("SHOW server_version"))
    return Finding("database", True, f"PostgreSQL {version} answers")


def schema(_settings: Settings, _at: datetime) -> Finding:
    from alembic.script import ScriptDirectory

    from foundation.config import ROOT

    head = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
    now_at = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    says = f"at {now_at}" if head == now_at else f"at {now_at}, the program wants {head}: flask --app app db upgrade"
    return Finding("schema", head == now_at, says)


def broker(settings: Settings, _at: datetime) -> Finding:
    if answers(settings.redis_url):
        return Finding("broker", True, "Valkey answers")
    return Finding("broker", False, "Valkey does not answer; letters wait in the outbox until it does (REDIS_URL)")


def worker(_settings: Settings, at: datetime) -> Finding:
    seen = db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == "worker"))
    if seen is None:
        return Finding("worker and beat", False, "never seen at work: start the Celery worker and beat")
    age = at - seen
    good = age < timedelta(minutes=3)
    says = f"last heartbeat {int(age.total_seconds())} s ago"
    return Finding("worker and beat", good, says if good else f"{says}: the worker or beat is down")


def letters(_settings: Settings, at: datetime) -> Finding:
    late = db.session.scalar(
        select(func.count(Letter.id)).where(
            Letter.state == LetterState.QUEUED, Letter.due_at < at - timedelta(minutes=10)
        )
    )
    says = f"{count(late, 'letter')} late by more than 10 minutes" if late else "none is late"
    return Finding("letters", not late, says)


def mail_server(settings: Settings, _at: datetime) -> Finding:
    import socket
    from urllib.parse import urlsplit

    parts = urlsplit(settings.smtp_url)
    try:
        with socket.create_connection((parts.hostname or "localhost", parts.port or 25), timeout=3):
            return Finding("mail server", True, f"{parts.hostname} answers")
    except OSError:
        return Finding("mail server", False, f"{parts.hostname} does not answer (SMTP_URL)")


def stripe(settings: Settings, _at: datetime) -> Finding:
    mode = "live" if settings.stripe_livemode else "test"
    if not settings.uses_local_stripe and not settings.stripe_webhook_secrets:
        return Finding("Stripe", False, f"a {mode} key is set, but no signing secret (STRIPE_WEBHOOK_SECRETS)")
    try:
        faults = listening.faults(gateway.webhook_endpoints(), settings)
    except gateway.GatewayDown:
        down = "the local Stripe does not answer; `make run` starts it" if settings.uses_local_stripe else "no answer"
        return Finding("Stripe", False, down)
    except gateway.GatewayRefused as refused:
        return Finding("Stripe", False, f"Stripe refused to list its endpoints: {refused}")
    if faults:
        return Finding("Stripe", False, "; ".join(faults))
    who = "the local Stripe (no STRIPE_SECRET_KEY is set)" if settings.uses_local_stripe else f"Stripe in {mode} mode"
    return Finding("Stripe", True, f"{who} answers and tells of all that is listened to")


def clock(_settings: Settings, at: datetime) -> Finding:
    theirs = db.session.scalar(select(func.clock_timestamp()))
    assert theirs is not None
    apart = abs((theirs - datetime.fromtimestamp(time.time(), tz=theirs.tzinfo)).total_seconds())
    good = apart < 5
    return Finding("clock", good, f"{apart:.1f} s from the database's" + ("" if good else ": set this machine's clock"))


def disk(settings: Settings, _at: datetime) -> Finding:
    free = shutil.disk_usage(settings.var_path).free / 2**30
    return Finding("disk", free > 1, f"{free:.1f} GB free under var/")


def decisions(_settings: Settings, at: datetime) -> Finding:
    waiting = db.session.scalar(select(func.count(StaffTask.id)).where(StaffTask.resolved_at.is_(None)))
    return Finding("decisions", True, f"{count(waiting or 0, 'decision')} waiting on the staff's desk")
