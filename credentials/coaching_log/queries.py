"""Reading the coaching log: filtered, sorted, and a session's history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.models import Client, CoachingSession, LedgerReview, Payment, ReviewState
from credentials.profiling import is_reversed
from foundation.db import db

SORTS: dict[str, tuple[Any, ...]] = {
    "day": (CoachingSession.on.asc(), CoachingSession.id.asc()),
    "-day": (CoachingSession.on.desc(), CoachingSession.id.desc()),
    "minutes": (CoachingSession.minutes.asc(), CoachingSession.id.asc()),
    "-minutes": (CoachingSession.minutes.desc(), CoachingSession.id.desc()),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What of the log one wants to see. `words` looks in the clients' names and codes."""

    words: str = ""
    month: str = ""
    payment: str = ""
    state: str = ""
    sort: str = "-day"

    @property
    def asks(self) -> bool:
        """Whether anything is left out of the list."""
        return bool(self.words or self.month or self.payment or self.state)

    @property
    def first_day(self) -> date | None:
        """The first day of the month that is asked for; None for none, or for a month that is none."""
        try:
            return date.fromisoformat(f"{self.month}-01") if self.month else None
        except ValueError:
            return None


def sessions_of(user: User, wish: Wish, clients: list[Client]) -> Select[*tuple[Any, ...]]:
    """The sessions that stand, with where their review is. `clients` are the trainee's own, for the words."""
    query = (
        select(CoachingSession, LedgerReview)
        .join(LedgerReview, LedgerReview.entry_id == CoachingSession.entry_id)
        .where(CoachingSession.user_id == user.id, ~is_reversed(CoachingSession.entry_id))
        .options(joinedload(CoachingSession.client))
        .order_by(*SORTS.get(wish.sort, SORTS["-day"]))
    )
    if wish.words:
        named = [c.id for c in clients if wish.words.lower() in f"{c.name} {c.code}".lower()]
        query = query.where(CoachingSession.client_id.in_(named))
    if first := wish.first_day:
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        query = query.where(
            CoachingSession.on <= last, func.coalesce(CoachingSession.until, CoachingSession.on) >= first
        )
    if wish.payment in set(Payment):
        query = query.where(CoachingSession.payment == Payment(wish.payment))
    if wish.state in set(ReviewState):
        query = query.where(LedgerReview.state == ReviewState(wish.state))
    return query


def history_of(session: CoachingSession) -> list[CoachingSession]:
    """The sessions that this one replaced, the latest first."""
    earlier = select(CoachingSession).where(CoachingSession.id == session.replaces_id).cte("earlier", recursive=True)
    step = select(CoachingSession).join(earlier, CoachingSession.id == earlier.c.replaces_id)
    ids = earlier.union_all(step)
    query = (
        select(CoachingSession)
        .where(CoachingSession.id.in_(select(ids.c.id)), CoachingSession.user_id == session.user_id)
        .options(joinedload(CoachingSession.client))
        .order_by(CoachingSession.id.desc())
    )
    return list(db.session.scalars(query))
