"""How many letters are in each state."""

from __future__ import annotations

from sqlalchemy import func, select

from foundation.db import db
from mail.models import Letter, LetterState


def counts() -> dict[str, int]:
    """Every state's name with its number, none left out."""
    query = select(Letter.state, func.count()).group_by(Letter.state)
    found = dict(db.session.execute(query).tuples().all())
    return {str(state): found.get(state, 0) for state in LetterState}
