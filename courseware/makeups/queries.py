"""Reads of make-ups: what waits for whom, and what a course page shows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Select, bindparam, func, select
from sqlalchemy.orm import contains_eager, joinedload

from accounts.models import User
from courseware.models import LiveClass, MakeUp, MakeUpState
from courseware.staff_queries import ALL_CLASSES, may_mark
from enrollment.models import Cohort, Enrollment, Program
from foundation.db import db
from foundation.errors import NotFound


def make_ups_for(user: User, *, state: str = "", words: str = "") -> Select[Any]:
    """Those that a person may decide: what waits first, oldest first; then the latest decided."""
    query = (
        select(MakeUp)
        .join(LiveClass, LiveClass.id == MakeUp.live_class_id)
        .join(Cohort, Cohort.id == LiveClass.cohort_id)
        .join(Program, Program.id == Cohort.program_id)
        .join(Enrollment, Enrollment.id == MakeUp.enrollment_id)
        .join(User, User.id == Enrollment.user_id)
        .options(
            contains_eager(MakeUp.live_class).contains_eager(LiveClass.cohort).contains_eager(Cohort.program),
            contains_eager(MakeUp.enrollment).contains_eager(Enrollment.user),
            joinedload(MakeUp.decided_by),
        )
        .where(may_mark(user))
    )
    if state in set(MakeUpState):
        query = query.where(MakeUp.state == MakeUpState(state))
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        query = query.where(User.name.ilike(like) | LiveClass.title.ilike(like) | Cohort.title.ilike(like))
    if state == MakeUpState.HANDED_IN:
        return query.order_by(MakeUp.handed_in_at, MakeUp.id)
    return query.order_by(MakeUp.decided_at.desc().nulls_first(), MakeUp.id.desc())


def make_up_for(user: User, public_id: str) -> MakeUp:
    """One that a person may decide. Raises NotFound."""
    found: MakeUp | None = db.session.scalar(make_ups_for(user).where(MakeUp.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def earlier_ones(made: MakeUp) -> list[MakeUp]:
    """What the same person handed in for this class before, the latest first."""
    mine = (MakeUp.live_class_id == made.live_class_id, MakeUp.enrollment_id == made.enrollment_id)
    query = select(MakeUp).where(*mine, MakeUp.number < made.number).order_by(MakeUp.number.desc())
    return list(db.session.scalars(query.options(joinedload(MakeUp.decided_by))))


def waiting_make_ups() -> Select[Any]:
    """How many wait for a person, as SQL; `whose_classes` says who it is."""
    me = bindparam("asking_id", type_=BigInteger)
    theirs = bindparam("sees_all", type_=Boolean) | (LiveClass.instructor_id == me) | (Cohort.instructor_id == me)
    query = (
        select(func.count(MakeUp.id))
        .join(LiveClass, LiveClass.id == MakeUp.live_class_id)
        .join(Cohort, Cohort.id == LiveClass.cohort_id)
    )
    return query.where(MakeUp.state == MakeUpState.HANDED_IN, theirs)


def whose_classes(user: User) -> dict[str, Any]:
    """What `waiting_make_ups` is asked with."""
    return {"asking_id": user.id, "sees_all": any(user.has_role(role) for role in ALL_CLASSES)}
