"""Letters as staff look for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import defer

from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import NotFound
from mail.models import Letter, LetterState

UNDELIVERED = "undelivered"
STATES = {
    UNDELIVERED: {LetterState.FAILED, LetterState.DEAD},
    "waiting": {LetterState.QUEUED, LetterState.SENDING},
    "sent": {LetterState.SENT},
    "suppressed": {LetterState.SUPPRESSED},
    "all": set(LetterState),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What staff asked to see. Unknown words mean the default: what did not arrive."""

    state: str
    words: str

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Wanted:
        state = args.get("state", UNDELIVERED)
        return cls(state if state in STATES else UNDELIVERED, args.get("q", "").strip()[:100])

    def as_args(self) -> dict[str, Any]:
        return {"state": self.state, "q": self.words}


def letters(wanted: Wanted) -> Select[Any]:
    """Newest first, without their words."""
    query = select(Letter).options(defer(Letter.text), defer(Letter.html), defer(Letter.facts), defer(Letter.fault))
    query = query.where(Letter.state.in_(STATES[wanted.state]))
    if wanted.words:
        like = "%" + wanted.words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(or_(*(column.ilike(like) for column in (Letter.to_address, Letter.subject, Letter.kind))))
    return query.order_by(Letter.id.desc())


def letter(public_id: str) -> Letter:
    """Raises NotFound."""
    found = db.session.scalar(select(Letter).where(Letter.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def told(found: Letter) -> list[AuditLine]:
    """What staff did with a letter, newest first."""
    query = select(AuditLine).where(AuditLine.subject_type == "letter", AuditLine.subject_id == found.id)
    return list(db.session.scalars(query.order_by(AuditLine.id.desc())))
