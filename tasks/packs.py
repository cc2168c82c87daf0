"""What the worker does for the desk: accreditation packs, and their removal after a week."""

from __future__ import annotations

from time import monotonic

from celery import shared_task

from desk.accrediting import making
from foundation.clock import now
from foundation.db import db
from foundation.jobs import Job, send

SECONDS = 45


@shared_task(name=Job.MAKE_PACKS.value)  # type: ignore[untyped-decorator]
def make_packs() -> int:
    """Piece by piece, each committed; says how many. What takes longer than a task may goes on in the next."""
    done, until = 0, monotonic() + SECONDS
    for _ in making.work(now()):
        db.session.commit()
        done += 1
        if monotonic() > until:
            send(Job.MAKE_PACKS)
            break
    making.sweep(now())
    db.session.commit()
    return done
