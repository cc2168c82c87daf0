"""Promising a letter: a row in the same transaction as what it tells about."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from foundation.db import db, new_public_id
from foundation.jobs import Job, enqueue
from mail.models import LETTER_MOVES, Category, Letter, LetterState
from mail.sealing import seal, stand_in

KEEP_TRYING = timedelta(hours=48)


def promise_letter(
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
) -> Letter:
    """Owe a letter; owed twice under one `dedupe` it is owed once. `kind` names its templates (`order.paid`).

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
    statement = insert(Letter).values(**row).on_conflict_do_nothing(index_elements=["dedupe"]).returning(Letter)
    enqueue(Job.DELIVER_DUE_LETTERS)
    made = db.session.scalars(statement).one_or_none()
    return made or db.session.scalars(select(Letter).where(Letter.dedupe == dedupe)).one()


def withdraw_letter(dedupe: str, *, reason: str) -> None:
    """A letter that has not gone out yet is owed no longer, such as the reminder of something called off."""
    letter = db.session.scalar(select(Letter).where(Letter.dedupe == dedupe).with_for_update(key_share=True))
    if letter is not None and letter.state == LetterState.QUEUED:
        LETTER_MOVES.check(letter.state, LetterState.SUPPRESSED)
        letter.state, letter.reason = LetterState.SUPPRESSED, reason
