"""What the other parties of Maren's sessions said: her mentor yes, one client no with a word, another not yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from credentials.confirming.answering import keep_answer
from credentials.confirming.requesting import ask
from credentials.models import CoachingSession, LedgerEntry, MentorSession
from demo.people import person
from foundation.db import db

WORDS = (
    (True, "A good hour. We worked on evoking awareness."),
    (False, "I think we stopped after three quarters of an hour."),
    (None, ""),
)


def ask_some(at: datetime) -> None:
    maren = person("maren-oyelaran")
    lines = [*_lines(MentorSession, maren.id, 1), *_lines(CoachingSession, maren.id, 2)]
    for days, (name, (took_place, word)) in enumerate(zip(lines, WORDS, strict=False)):
        asked_at = at - timedelta(days=6 - days)
        asked = ask(maren, name, address=f"other.party{days}@example.com", at=asked_at)
        if took_place is not None:
            keep_answer(asked, took_place=took_place, word=word, at=asked_at + timedelta(hours=9))


def _lines(kind: type[MentorSession] | type[CoachingSession], user_id: int, most: int) -> list[str]:
    query = select(LedgerEntry.public_id).join(kind, kind.entry_id == LedgerEntry.id).where(kind.user_id == user_id)
    return list(db.session.scalars(query.order_by(kind.on.desc(), kind.id.desc()).limit(most)))
