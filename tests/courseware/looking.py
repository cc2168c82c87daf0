"""What the tests of attendance look at: the words of a page, the minutes that were written."""

from __future__ import annotations

import re

from sqlalchemy import select

from credentials.models import LedgerEntry
from foundation.db import db


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def ledger(app) -> list[tuple[int, int]]:
    with app.app_context():
        return [(e.minutes, e.core_minutes) for e in db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))]
