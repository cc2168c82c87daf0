"""What stands beside a ledger line for its reviewer: what the other party said, and how the mentor stood that day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from credentials.mentor_coaching.standing import no_credit_for
from credentials.models import Confirmation, ConfirmationState, LedgerEntry, Mentor, MentorSession
from foundation.db import db
from foundation.filters import shown_date

DECLINED = "the other party declined to confirm it"


@dataclass(frozen=True, slots=True)
class Beside:
    """The newest question about a line, and its mentor session; never a name, an address or a written word."""

    question: Confirmation | None
    mentoring: MentorSession | None

    @property
    def mentor(self) -> Mentor | None:
        return self.mentoring.mentor if self.mentoring else None

    @property
    def evidence(self) -> list[str]:
        """That the other party confirmed it, when, and whether the school knew the address."""
        asked = self.question
        if asked is None or asked.state != ConfirmationState.CONFIRMED or asked.answered_at is None:
            return []
        how = "at an address on file" if asked.is_on_file else "at an address that the trainee gave"
        return [f"confirmed by the other party on {shown_date(asked.answered_at, 'medium')}, {how}"]

    @property
    def oddities(self) -> list[str]:
        declined = self.question is not None and self.question.state == ConfirmationState.DECLINED
        unqualified = no_credit_for(self.mentoring) if self.mentoring else ""
        return [*([DECLINED] if declined else []), *([unqualified] if unqualified else [])]


NOTHING = Beside(None, None)


def beside_lines(entry_ids: Iterable[int]) -> dict[int, Beside]:
    """By line; one statement for any number of them. A line with nothing beside it has NOTHING."""
    wanted = set(entry_ids)
    if not wanted:
        return {}
    rows = db.session.execute(_query().where(LedgerEntry.id.in_(wanted))).unique()
    return {entry_id: Beside(question, mentoring) for entry_id, question, mentoring in rows}


def _query() -> Any:
    other = aliased(Confirmation)
    newest = select(func.max(other.id)).where(other.entry_id == LedgerEntry.id).scalar_subquery()
    return (
        select(LedgerEntry.id, Confirmation, MentorSession)
        .select_from(LedgerEntry)
        .outerjoin(Confirmation, Confirmation.id == newest)
        .outerjoin(MentorSession, MentorSession.entry_id == LedgerEntry.id)
        .options(joinedload(MentorSession.mentor).joinedload(Mentor.facts))
    )
