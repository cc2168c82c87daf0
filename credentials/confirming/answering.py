"""The other party answers: yes, or no with a word. Looking at the link changes nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.confirming.requesting import LASTS, PURPOSE, digest_of
from credentials.confirming.subjects import Subject, subject_behind
from credentials.letters import promise_declined
from credentials.models import CONFIRMATION_MOVES, Confirmation, ConfirmationState, LedgerEntry
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from foundation.secrets import encrypt
from foundation.tokens import read

LONGEST_WORD = 1000
NOT_OURS = "This link isn't one of ours, or it was cut short on the way."
TAKEN_BACK = "The question was taken back. There is nothing left for you to do."


def by_token(token: str, *, at: datetime, lock: bool = False) -> tuple[Confirmation, Subject]:
    """The question behind a link, with the session it is about. Raises Refused where there is nothing to answer."""
    secret = read(PURPOSE, token, max_age=int(LASTS.total_seconds()))
    query = select(Confirmation).where(Confirmation.secret_digest == digest_of(str(secret)))
    query = query.options(joinedload(Confirmation.entry), joinedload(Confirmation.user).noload(User.roles))
    asked = db.session.scalar(query.with_for_update(of=Confirmation, key_share=True) if lock else query)
    if asked is None:
        raise Refused(NOT_OURS)
    if asked.expires_at <= at:
        raise Refused("This link has run out. Whoever asked you can send a new one.")
    if asked.state == ConfirmationState.REVOKED or _is_taken_back(asked.entry_id):
        raise Refused(TAKEN_BACK)
    subject = subject_behind(asked.entry)
    if subject is None or subject.obstacle:
        raise Refused(TAKEN_BACK)
    return asked, subject


def answer(token: str, *, took_place: bool, word: str, at: datetime) -> Confirmation:
    """The answer of whoever holds the link. Raises Refused."""
    asked, _ = by_token(token, at=at, lock=True)
    return keep_answer(asked, took_place=took_place, word=word, at=at)


def keep_answer(asked: Confirmation, *, took_place: bool, word: str, at: datetime) -> Confirmation:
    """Keep an answer; the same one again changes nothing, another takes its place while the link lasts."""
    if len(word) > LONGEST_WORD:
        raise Refused(f"At most {LONGEST_WORD} characters, please.", field="word")
    new = ConfirmationState.CONFIRMED if took_place else ConfirmationState.DECLINED
    if asked.state == new and (not word.strip() or word.strip() == asked.word):
        return asked
    CONFIRMATION_MOVES.check(asked.state, new)
    was = asked.state
    asked.state, asked.answered_at = new, at
    asked.sealed_word = encrypt(word.strip()) if word.strip() else ""
    record(f"confirmation.{new}", subject=asked, at=at, was=str(was))
    if new == ConfirmationState.DECLINED and was != new:
        promise_declined(asked, at=at)
    return asked


def _is_taken_back(entry_id: int) -> bool:
    return db.session.scalar(select(LedgerEntry.id).where(LedgerEntry.reverses_id == entry_id)) is not None
