"""Listing changes: a person's own, and all of them for staff."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from accounts.models import User
from enrollment.models import Cohort
from foundation.db import db
from foundation.errors import NotFound
from foundation.filters import shown_date
from payments.models import ChangeKind, ChangeState, EnrollmentChange, EnrollmentOrder

WORDS: dict[ChangeState, tuple[str, str]] = {
    ChangeState.ASKED: ("Waits for us", "wait"),
    ChangeState.DONE: ("Done", "good"),
    ChangeState.DECLINED: ("Declined", "bad"),
    ChangeState.TAKEN_BACK: ("Taken back", "quiet"),
}
KINDS: dict[ChangeKind, str] = {
    ChangeKind.STOP: "Stopped",
    ChangeKind.MOVE: "Move",
    ChangeKind.DEFER: "Break",
    ChangeKind.RETURN: "Return",
}


def name_of(cohort: Cohort) -> str:
    """A cohort with its days: `Juniper cohort: January 9, 2027 to August 7, 2027`."""
    return f"{cohort.title}: {shown_date(cohort.starts_on)} to {shown_date(cohort.ends_on)}"


def order_named(public_id: str) -> EnrollmentOrder | None:
    """An order with what a change of it needs, in one statement."""
    cohort = joinedload(EnrollmentOrder.cohort).joinedload(Cohort.program)
    beside = (joinedload(EnrollmentOrder.enrollment), joinedload(EnrollmentOrder.user).lazyload(User.roles))
    query = select(EnrollmentOrder).options(cohort, *beside, joinedload(EnrollmentOrder.dues))
    return db.session.scalars(query.where(EnrollmentOrder.public_id == public_id)).unique().one_or_none()


def _whole() -> Select[Any]:
    return (
        select(EnrollmentChange)
        .join(EnrollmentChange.order)
        .join(EnrollmentOrder.user)
        .options(
            contains_eager(EnrollmentChange.order).contains_eager(EnrollmentOrder.user).lazyload(User.roles),
            joinedload(EnrollmentChange.from_cohort).joinedload(Cohort.program),
            joinedload(EnrollmentChange.to_cohort),
        )
    )


def of_person(user_id: int) -> list[EnrollmentChange]:
    """The newest first."""
    query = _whole().where(EnrollmentOrder.user_id == user_id)
    return list(db.session.scalars(query.order_by(EnrollmentChange.id.desc())))


def named(public_id: str) -> EnrollmentChange:
    """Raises NotFound."""
    found: EnrollmentChange | None = db.session.scalar(_whole().where(EnrollmentChange.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def found(words: str, state: str, kind: str) -> Select[Any]:
    """For staff: what waits first and oldest first, then the newest."""
    query = _whole()
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        query = query.where(or_(User.name.ilike(like), User.email.ilike(like)))
    if state in {str(one) for one in ChangeState}:
        query = query.where(EnrollmentChange.state == ChangeState(state))
    if kind in {str(one) for one in ChangeKind}:
        query = query.where(EnrollmentChange.kind == ChangeKind(kind))
    waits = EnrollmentChange.state == ChangeState.ASKED
    return query.order_by(waits.desc(), EnrollmentChange.id.desc())


def waiting() -> Select[Any]:
    """How many wait for staff, as a statement to be asked with others."""
    return select(func.count(EnrollmentChange.id)).where(EnrollmentChange.state == ChangeState.ASKED)
