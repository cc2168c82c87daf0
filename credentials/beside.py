"""What stands beside a ledger line for its reviewer: what the other party said, and how the mentor stood that day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, Select, any_, bindparam, func, select
from sqlalchemy.orm import aliased

from accounts.models import User
from credentials.mentor_coaching.holding import Told
from credentials.mentor_coaching.standing import no_credit_for
from credentials.models import (
    Confirmation,
    ConfirmationState,
    LedgerEntry,
    Mentor,
    MentorFact,
    MentorSession,
    SecondLook,
)
from foundation.asking import rows
from foundation.filters import shown_date

DECLINED = "the other party declined to confirm it"


class Question(NamedTuple):
    """The newest question to the other party."""

    state: ConfirmationState
    answered_at: datetime | None
    is_on_file: bool


class Guide(NamedTuple):
    """The mentor of a session, with what is known of them."""

    public_id: str
    name: str
    facts: tuple[Told, ...]


class Seen(NamedTuple):
    """The mentor session that wrote the line."""

    id: int
    on: date
    mentor: Guide


class Look(NamedTuple):
    """What a colleague is asked, and by whom."""

    question: str
    asked_by: str


Rows = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """The newest question to the other party, the mentor session, and what a colleague is asked to look at.

    Never the other party's name, address or written word.
    """

    question: Question | None
    mentoring: Seen | None
    look: Look | None

    @property
    def mentor(self) -> Guide | None:
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
        return [f"{self.look.asked_by} asks: {self.look.question}"] if self.look else []


def beside_lines(entry_ids: Iterable[int]) -> dict[int, Beside]:
    """By line; one statement for any number of them."""
    return besides(rows_beside(entry_ids))


def rows_beside(entry_ids: Iterable[int]) -> Rows:
    """The same as plain rows: one for each fact of each line's mentor."""
    wanted = sorted(set(entry_ids))
    return tuple(map(tuple, rows(_query(), {"entries": wanted}))) if wanted else ()


def besides(found: Rows) -> dict[int, Beside]:
    made = {}
    for told, facts in groupby(found, key=_without_facts):
        entry_id, state, answered_at, is_on_file, session_id, on, public_id, name, question, by = told
        known = tuple(Told._make(row[10:]) for row in facts if row[10] is not None)
        asked = Question(state, answered_at, is_on_file) if state else None
        seen = Seen(session_id, on, Guide(public_id, name, known)) if session_id else None
        made[entry_id] = Beside(asked, seen, Look(question, by) if question else None)
    return made


def _without_facts(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return row[:10]


@cache
def _query() -> Select[*tuple[Any, ...]]:
    other, fact = aliased(Confirmation), MentorFact
    newest = select(func.max(other.id)).where(other.entry_id == LedgerEntry.id).scalar_subquery()
    asked = (Confirmation.state, Confirmation.answered_at, Confirmation.is_on_file)
    seen = (MentorSession.id, MentorSession.on, Mentor.public_id, Mentor.name)
    facts = (fact.id, fact.kind, fact.level, fact.held_from, fact.held_until, fact.withdraws_id)
    return (
        select(LedgerEntry.id, *asked, *seen, SecondLook.question, User.name, *facts)
        .select_from(LedgerEntry)
        .outerjoin(Confirmation, Confirmation.id == newest)
        .outerjoin(MentorSession, MentorSession.entry_id == LedgerEntry.id)
        .outerjoin(Mentor, Mentor.id == MentorSession.mentor_id)
        .outerjoin(fact, fact.mentor_id == Mentor.id)
        .outerjoin(SecondLook, (SecondLook.entry_id == LedgerEntry.id) & SecondLook.answered_at.is_(None))
        .outerjoin(User, User.id == SecondLook.asked_by_id)
        .where(LedgerEntry.id == any_(bindparam("entries", type_=ARRAY(BigInteger))))
        .order_by(LedgerEntry.id, fact.id)
    )
