"""Asking the database for plain rows. An entity costs as much again as its statement; what only shows needs none.

The statement goes over the session's own connection, inside its transaction, and what the session holds and has not
written yet is written first, as it is before entities are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Executable, Row

from foundation.db import db


def rows(query: Executable, given: Mapping[str, Any] | None = None) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every row. `given`: the values of the statement's parameters."""
    session = db.session()
    if session.new or session.dirty or session.deleted:
        session.flush()
    return session.connection().execute(query, given).all()


def row(query: Executable, given: Mapping[str, Any] | None = None) -> Row[*tuple[Any, ...]] | None:
    """The first row, or nothing."""
    found = rows(query, given)
    return found[0] if found else None
