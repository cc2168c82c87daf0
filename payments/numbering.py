"""Numbering: each series of papers counts its own year, and no number is lost."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.dialects.postgresql import insert

from foundation.db import db
from payments.models import CreditNoteCounter, InvoiceCounter, ReceiptCounter

Counter = type[ReceiptCounter] | type[CreditNoteCounter] | type[InvoiceCounter]


def next_serial(counter: Counter, year: int) -> int:
    """One more than the last. The counter's row stays locked until the transaction ends: undone, no number is lost."""
    first = insert(counter).values(year=year, last=1)
    again = first.on_conflict_do_update(index_elements=["year"], set_={"last": counter.last + 1})
    return int(db.session.execute(again.returning(counter.last)).scalar_one())


def year_of(at: datetime) -> int:
    """The year of a moment in the school's own zone, under which a paper is numbered."""
    return at.astimezone(ZoneInfo(current_app.config["SETTINGS"].time_zone)).year
