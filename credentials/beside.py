"""What stands beside a ledger line for its reviewer: what the other party said, and how the mentor stood that day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased, joinedload

from accounts.models import User
from credentials.mentor_coaching.standing import no_credit_for
from credentials.models import Confirmation, ConfirmationState, LedgerEntry, Mentor, MentorSession, SecondLook
from foundation.db import db
from foundation.filters import shown_date

DECLINED = "the other party declined to confirm it"


@dataclass(frozen=True, slots=True)
class Beside:
    """The newest question to the other party, the mentor session, and what a colleague is asked to look at.

    Never the other party's name, address or written word.
    """

    question: Confirmation | None
    mentoring: MentorSession | None
    look: SecondLook | None

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

    @property
    def asked_of_a_colleague(self) -> list[str]:
        return [f"{self.look.asked_by.name} asks: {self.look.question}"] if self.look else []


def beside_lines(entry_ids: Iterable[int]) -> dict[int, Beside]:
    """By line; one statement for any number of them."""
    wanted = list(set(entry_ids))
    if not wanted:
        return {}
    rows = db.session.execute(_query(), {"entries": wanted}).unique()
    return {entry_id: Beside(question, mentoring, look) for entry_id, question, mentoring, look in rows}


@cache
def _query() -> Any:
    other = aliased(Confirmation)
    newest = select(func.max(other.id)).where(other.entry_id == LedgerEntry.id).scalar_subquery()
    return (
        select(LedgerEntry.id, Confirmation, MentorSession, SecondLook)
        .select_from(LedgerEntry)
        .outerjoin(Confirmation, Confirmation.id == newest)
        .outerjoin(MentorSession, MentorSession.entry_id == LedgerEntry.id)
        .outerjoin(SecondLook, (SecondLook.entry_id == LedgerEntry.id) & SecondLook.answered_at.is_(None))
        .where(LedgerEntry.id.in_(bindparam("entries", expanding=True)))
        .options(joinedload(SecondLook.asked_by).noload(User.roles))
        .options(joinedload(MentorSession.mentor).joinedload(Mentor.facts))
    )
