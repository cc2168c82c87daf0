"""A second look: a reviewer asks a colleague about a line, and leaves the decision to somebody else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.models import LedgerReview, ReviewState, SecondLook
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused


def ask(review: LedgerReview, actor: User, at: datetime, *, question: str) -> SecondLook:
    """Ask a colleague about a line that waits. Asked again while one is open, the first stands. Raises Refused."""
    if not question.strip():
        raise Refused("Say what a colleague should look at.", field="question")
    if review.state != ReviewState.SENT:
        raise Refused("Only a line that waits can get a second look.", field="question")
    asked = open_looks([review.entry_id]).get(review.entry_id)
    if asked is None:
        asked = SecondLook(entry_id=review.entry_id, asked_by_id=actor.id, asked_at=at, question=question.strip())
        db.session.add(asked)
        db.session.flush()
        record("hours.second_look_asked", subject=review, actor=actor, at=at)
    return asked


def open_looks(entry_ids: Iterable[int]) -> dict[int, SecondLook]:
    """By line, the question that still waits for a colleague; one statement."""
    return {one.entry_id: one for one in db.session.scalars(_open_looks(), {"entries": list(set(entry_ids))})}


@cache
def _open_looks() -> Select[SecondLook]:
    theirs = SecondLook.entry_id.in_(bindparam("entries", expanding=True))
    return select(SecondLook).where(theirs, SecondLook.answered_at.is_(None)).options(joinedload(SecondLook.asked_by))


def close_looks(reviews: Iterable[LedgerReview], actor: User, at: datetime) -> None:
    """A colleague has decided. Raises Refused where the one who decides is the one who asked."""
    looks = open_looks(review.entry_id for review in reviews)
    if any(look.asked_by_id == actor.id for look in looks.values()):
        raise Refused("You asked a colleague to look at this line. Leave the decision to them.", field="entries")
    for look in looks.values():
        look.answered_at, look.answered_by_id = at, actor.id
