"""A page that is remembered by its facts: what it costs where one of them has changed, and the next time."""

from __future__ import annotations

import statistics
import time
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.bench.pages import Page

CHANGES = 20
HEAD = f"{'first view after':<20} {'CPU ms':>9} {'wall ms':>8} {'again: CPU':>11} {'wall':>6}"


def changes_table(app: Flask, measured: list[Page], told: dict[str, Any]) -> None:
    """Each time another line of the same trainee is looked at again, so that no page of before fits."""
    print(HEAD)
    lines = iter(_decided(app, told["user_id"]))
    for page in measured:
        client = app.test_client()
        for _ in range(3):
            _asked(page, client)
        first, again = [], []
        for _ in range(CHANGES):
            _reopen(app, next(lines))
            first.append(_asked(page, client))
            again.append(_asked(page, client))
        (cpu, wall), (less, sooner) = (map(statistics.median, zip(*one, strict=True)) for one in (first, again))
        print(f"{page.name:<20} {cpu:>9.1f} {wall:>8.1f} {less:>11.1f} {sooner:>6.1f}", flush=True)


def _decided(app: Flask, user_id: int) -> list[str]:
    from credentials.models import Kind, LedgerEntry, LedgerReview, ReviewState
    from credentials.profiling import is_reversed
    from foundation.db import db

    checked = (LedgerReview.user_id == user_id, LedgerReview.state == ReviewState.CHECKED)
    query = select(LedgerEntry.public_id).join(LedgerReview, LedgerReview.entry_id == LedgerEntry.id)
    query = query.where(*checked, LedgerEntry.kind == Kind.EDUCATION, ~is_reversed(LedgerEntry.id))
    with app.app_context():
        return list(db.session.scalars(query.order_by(LedgerEntry.id)))


def _reopen(app: Flask, line: str) -> None:
    from accounts.models import User
    from credentials.reviewing import reopen
    from demo.logins import LOGINS
    from foundation.clock import now
    from foundation.db import db

    with app.app_context():
        staff = db.session.scalars(select(User).where(User.email == dict(LOGINS)["staff and owner"])).one()
        reopen(line, staff, now(), reason="Looked at again")
        db.session.commit()


def _asked(page: Page, client: FlaskClient) -> tuple[float, float]:
    """CPU and wall milliseconds. The CPU of this process alone: what the database takes is in the other."""
    started, wall = time.process_time(), time.perf_counter()
    answer = page.fetch(client)
    assert answer.status_code in page.statuses, answer.status
    return (time.process_time() - started) * 1000, (time.perf_counter() - wall) * 1000
