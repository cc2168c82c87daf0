"""Wishes to be erased as staff look through them: what waits first, then the latest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from accounts.erasing.models import Erasure, ErasureState
from accounts.models import User

STATES = {
    ErasureState.WAITING: ("Waits", "wait"),
    ErasureState.DONE: ("Done", "good"),
    ErasureState.TAKEN_BACK: ("Taken back", "quiet"),
}


def found(state: str = "") -> Select[Any]:
    """With whose it is and who did it; of an unknown state, all."""
    query = select(Erasure).options(
        joinedload(Erasure.user).noload(User.roles), joinedload(Erasure.by).noload(User.roles)
    )
    if state in set(ErasureState):
        query = query.where(Erasure.state == ErasureState(state))
    return query.order_by((Erasure.state != ErasureState.WAITING), Erasure.id.desc())


def as_rows(erasures: Iterable[Erasure]) -> Iterator[list[str]]:
    for one in erasures:
        ended = one.ended_at.isoformat() if one.ended_at else ""
        papers, by = "withdrawn" if one.withdraws else "stay", one.by.name if one.by else ""
        said = (one.asked_at.isoformat(), one.due_at.isoformat(), ended, papers, by, one.held_words)
        yield [f"{one.user.name} ({one.user_id})", STATES[one.state][0], *said]
