"""What has happened since a passport of ours was signed: lines that were taken back, or that count no more."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from credentials.models import LedgerEntry
from credentials.passports.checking import Checked
from credentials.passports.trusting import own_keys
from credentials.profiling import is_reversed
from foundation.db import db


def taken_back_since(looked: Checked) -> list[dict[str, Any]]:
    """Lines of an intact passport of ours which the ledger has reversed since, with their place in the file."""
    if looked.thumbprint not in own_keys():
        return []
    lines = {line["id"]: (number, line) for number, line in enumerate(looked.content["lines"], 1)}
    query = select(LedgerEntry.public_id).where(LedgerEntry.public_id.in_(list(lines)), is_reversed(LedgerEntry.id))
    back = sorted((lines[name] for name in db.session.scalars(query)), key=lambda one: one[0])
    return [{"number": number, "day": date.fromisoformat(line["day"]), "title": line["title"]} for number, line in back]
