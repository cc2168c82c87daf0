"""Reading the coaching log: filtered, sorted, and a session's history."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.models import Client, CoachingSession, Format, LedgerReview, Payment, ReviewState
from credentials.profiling import is_reversed
from foundation.db import db
from foundation.secrets import decrypt


class Shape(StrEnum):
    """In what company: one person, a group, or a run of sessions of which only the sum is known."""

    INDIVIDUAL = "individual"
    GROUP = "group"
    RUN = "run"


SHAPES: dict[Shape, tuple[Any, ...]] = {
    Shape.INDIVIDUAL: (CoachingSession.format == Format.INDIVIDUAL, CoachingSession.until.is_(None)),
    Shape.GROUP: (CoachingSession.format == Format.GROUP,),
    Shape.RUN: (CoachingSession.until.is_not(None),),
}
PAID_ANYHOW = "paid_anyhow"
SORTS: dict[str, tuple[Any, ...]] = {
    "day": (CoachingSession.on.asc(), CoachingSession.id.asc()),
    "-day": (CoachingSession.on.desc(), CoachingSession.id.desc()),
    "minutes": (CoachingSession.minutes.asc(), CoachingSession.id.asc()),
    "-minutes": (CoachingSession.minutes.desc(), CoachingSession.id.desc()),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What of the log one wants to see. `words` looks in the clients' names and codes, and in one's own notes."""

    words: str = ""
    client: str = ""
    shape: str = ""
    month: str = ""
    payment: str = ""
    state: str = ""
    sort: str = "-day"

    @property
    def asks(self) -> bool:
        """Whether anything is left out of the list."""
        return any((self.words, self.client, self.shape, self.month, self.payment, self.state))

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
        named = [c.id for c in clients if wish.words.lower() in f"{c.name} {c.code} {c.organisation}".lower()]
        query = query.where(CoachingSession.client_id.in_(named) | CoachingSession.id.in_(_noted(user, wish.words)))
    if wish.client:
        query = query.where(CoachingSession.client_id.in_([c.id for c in clients if c.public_id == wish.client]))
    if wish.shape in SHAPES:
        query = query.where(*SHAPES[Shape(wish.shape)])
    if first := wish.first_day:
        last = first.replace(day=monthrange(first.year, first.month)[1])
        query = query.where(
            CoachingSession.on <= last, func.coalesce(CoachingSession.until, CoachingSession.on) >= first
        )
    if wish.payment == PAID_ANYHOW:
        query = query.where(CoachingSession.payment != Payment.PRO_BONO)
    if wish.payment in set(Payment):
        query = query.where(CoachingSession.payment == Payment(wish.payment))
    if wish.state in set(ReviewState):
        query = query.where(LedgerReview.state == ReviewState(wish.state))
    return query


def minutes_of(query: Select[*tuple[Any, ...]]) -> int:
    """The minutes of all that a wish finds, on whatever page it stands."""
    found = query.order_by(None).with_only_columns(CoachingSession.minutes).subquery()
    return int(db.session.scalar(select(func.coalesce(func.sum(found.c.minutes), 0))) or 0)


def _noted(user: User, words: str) -> list[int]:
    """The sessions whose notes hold the words. They are sealed, so that each is opened here, for its writer alone."""
    own = (CoachingSession.user_id == user.id, CoachingSession.sealed_notes != "")
    sealed = db.session.execute(select(CoachingSession.id, CoachingSession.sealed_notes).where(*own))
    return [number for number, notes in sealed if words.lower() in decrypt(notes).lower()]


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
