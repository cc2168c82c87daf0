"""What became of questions: for the trainee who asked, and as evidence beside a ledger line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from credentials.models import Confirmation, ConfirmationState
from credentials.profiling import is_reversed
from foundation.db import db
from mail.models import Letter, LetterState

ASKED, RAN_OUT = "asked", "ran_out"
WORDS = {
    ASKED: ("Asked", "wait"),
    RAN_OUT: ("No answer", "quiet"),
    "confirmed": ("Confirmed", "good"),
    "declined": ("Declined", "bad"),
    "revoked": ("Taken back", "quiet"),
}


def state_of(asked: Confirmation, at: datetime) -> str:
    return RAN_OUT if asked.has_run_out(at) else str(asked.state)


def newest_about(entry_ids: Iterable[int]) -> dict[int, Confirmation]:
    """By line, the newest question; one statement. A line that nobody was asked about is not in it."""
    wanted = set(entry_ids)
    if not wanted:
        return {}
    query = select(Confirmation).where(Confirmation.entry_id.in_(wanted)).order_by(Confirmation.id)
    return {one.entry_id: one for one in db.session.scalars(query)}


def questions_of(user_id: int, state: str, at: datetime) -> Select[Any]:
    """A trainee's questions about lines that stand, the newest first; `state` as in WORDS narrows."""
    query = (
        select(Confirmation)
        .where(Confirmation.user_id == user_id, ~is_reversed(Confirmation.entry_id))
        .options(joinedload(Confirmation.entry))
        .order_by(Confirmation.id.desc())
    )
    if state in {ASKED, RAN_OUT}:
        open_ones = query.where(Confirmation.state == ConfirmationState.ASKED)
        late = Confirmation.expires_at <= at
        return open_ones.where(late if state == RAN_OUT else ~late)
    return query.where(Confirmation.state == ConfirmationState(state)) if state in WORDS else query


def trouble_with(asked: Confirmation) -> str:
    """Why the letter did not reach the other party, in words; empty while there is no reason to think so."""
    query = select(Letter.state, Letter.reason).where(Letter.dedupe == f"confirmation.asked:{asked.public_id}")
    row = db.session.execute(query).one_or_none()
    if row is None or row.state not in {LetterState.FAILED, LetterState.DEAD, LetterState.SUPPRESSED}:
        return ""
    return row.reason or "The letter did not arrive."
