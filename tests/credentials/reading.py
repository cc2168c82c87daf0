"""What a page says, and what a table holds."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from foundation.db import db


def words(answer: Any) -> str:
    """A page as one reads it: without tags, a space between any two words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def all_of(school: Any, model: Any) -> Any:
    """The rows of a table, oldest first."""
    with school.app.app_context():
        return db.session.scalars(select(model).order_by(model.id)).all()
