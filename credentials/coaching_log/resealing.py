"""Keys rotate: everything that is sealed in the log, sealed anew under the newest key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from credentials.models import (
    Client,
    CoachingForm,
    CoachingSession,
    Confirmation,
    FormVersion,
    LogImport,
    Mentor,
    PeerHour,
    PhoneKey,
)
from foundation.db import db
from foundation.secrets import is_under_newest_key, reseal
from mail.models import Letter

SEALED: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (Client, ("sealed_name", "sealed_contact", "sealed_organisation")),
    (CoachingSession, ("sealed_notes",)),
    (LogImport, ("sealed_name", "sealed_file", "sealed_look")),
    (PeerHour, ("sealed_peer",)),
    (PhoneKey, ("sealed_key",)),
    (Mentor, ("sealed_email",)),
    (Confirmation, ("sealed_address", "sealed_word")),
    (Letter, ("sealed",)),
    (CoachingForm, ("sealed_word",)),
    (FormVersion, ("sealed_content",)),
)
STEP = 500


def reseal_in_steps() -> Iterator[int]:
    """A step at a time, for the caller to commit; how many values were looked at. Run again, it changes nothing.

    Raises ValueError where a value opens under no key that is set.
    """
    for table, columns in SEALED:
        last = 0
        while rows := db.session.scalars(_after(table, last)).all():
            last = rows[-1].id
            yield sum(_reseal(row, column) for row in rows for column in columns)


def _after(table: Any, last: int) -> Any:
    return select(table).where(table.id > last).order_by(table.id).limit(STEP).with_for_update(key_share=True)


def _reseal(row: Any, column: str) -> int:
    sealed = getattr(row, column)
    if sealed and not is_under_newest_key(sealed):
        setattr(row, column, reseal(sealed))
    return bool(sealed)
