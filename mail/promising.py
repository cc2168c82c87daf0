"""Promising a letter: a row in the same transaction as what it tells about."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from flask import current_app
from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from foundation import asking
from foundation.db import db, new_public_id
from foundation.jobs import Job, enqueue
from mail.models import LETTER_MOVES, Category, Letter, LetterState
from mail.sealing import seal, stand_in

KEEP_TRYING = timedelta(hours=48)


def promise_letter(kind: str, *, dedupe: str, **told: Any) -> Letter:
    """Owe a letter, and have it; see `owe_letter`."""
    return db.session.get_one(Letter, owe_letter(kind, dedupe=dedupe, **told))


def owe_letter(
    kind: str,
    *,
    to: str,
    facts: dict[str, Any],
    dedupe: str,
    at: datetime,
    category: Category = Category.TRANSACTIONAL,
    user_id: int | None = None,
    due_at: datetime | None = None,
    private: dict[str, str] | None = None,
) -> int:
    """Owe a letter; owed twice under one `dedupe` it is owed once. Gives its id. `kind` names its templates.

    With `private` words it is sealed: the row shows neither them nor the address (see `mail.sealing`).
    """
    row = {
        "public_id": new_public_id(),
        "dedupe": dedupe,
        "kind": kind,
        "to_address": to if private is None else stand_in(to),
        "sealed": "" if private is None else seal(to, private),
        "user_id": user_id,
        "category": category,
        "facts": facts,
        "message_id": f"<{secrets.token_hex(16)}@{current_app.config['SETTINGS'].mail_domain}>",
        "state": LetterState.QUEUED,
        "attempts": 0,
        "promised_at": at,
        "due_at": due_at or at,
        "give_up_at": (due_at or at) + KEEP_TRYING,
        "lapses": 0,
    }
    enqueue(Job.DELIVER_DUE_LETTERS)
    made = asking.row(_owed(), row) or asking.rows(select(Letter.id).where(Letter.dedupe == dedupe))[0]
    return int(made.id)


@cache
def _owed() -> ReturningInsert[Any]:
    """Built once: no other statement is sent as often."""
    table = cast(Table, Letter.__table__)
    return insert(table).on_conflict_do_nothing(index_elements=["dedupe"]).returning(table.c.id)


def withdraw_letter(dedupe: str, *, reason: str) -> None:
    """A letter that has not gone out yet is owed no longer, such as the reminder of something called off."""
    letter = db.session.scalar(select(Letter).where(Letter.dedupe == dedupe).with_for_update(key_share=True))
    if letter is not None and letter.state == LetterState.QUEUED:
        LETTER_MOVES.check(letter.state, LetterState.SUPPRESSED)
        letter.state, letter.reason = LetterState.SUPPRESSED, reason
