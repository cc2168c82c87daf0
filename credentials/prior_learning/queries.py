"""Reads of prior learning for staff."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from accounts.models import User
from credentials.models import ClaimState, PriorLearning
from enrollment.models import Cohort, Enrollment
from foundation.db import db
from foundation.errors import NotFound


def claims(*, state: str = "", words: str = "") -> Select[Any]:
    """What waits, oldest first; else the latest decided first."""
    query = (
        select(PriorLearning)
        .join(User, User.id == PriorLearning.user_id)
        .options(
            contains_eager(PriorLearning.user).lazyload(User.roles),
            joinedload(PriorLearning.decided_by).lazyload(User.roles),
        )
    )
    if state in set(ClaimState):
        query = query.where(PriorLearning.state == ClaimState(state))
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        query = query.where(
            User.name.ilike(like) | PriorLearning.provider.ilike(like) | PriorLearning.title.ilike(like)
        )
    if state == ClaimState.HANDED_IN:
        return query.order_by(PriorLearning.handed_in_at, PriorLearning.id)
    return query.order_by(PriorLearning.decided_at.desc().nulls_first(), PriorLearning.id.desc())


def claim_by(public_id: str) -> PriorLearning:
    found: PriorLearning | None = db.session.scalar(claims().where(PriorLearning.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def others_of(made: PriorLearning) -> list[PriorLearning]:
    """What else this person claims or was granted, to see what would count twice."""
    query = select(PriorLearning).where(PriorLearning.user_id == made.user_id, PriorLearning.id != made.id)
    return list(db.session.scalars(query.order_by(PriorLearning.first_on, PriorLearning.id)))


def places_of(user_id: int) -> list[Enrollment]:
    """Programs of ours in which the hours could count."""
    loaded = joinedload(Enrollment.cohort).joinedload(Cohort.program)
    query = select(Enrollment).where(Enrollment.user_id == user_id).options(loaded)
    return list(db.session.scalars(query.order_by(Enrollment.id.desc())))


def waiting_claims() -> Select[Any]:
    """How many wait, as SQL."""
    return select(func.count(PriorLearning.id)).where(PriorLearning.state == ClaimState.HANDED_IN)
