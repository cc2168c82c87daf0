"""Calling a cohort off: said once under its lock; whoever is in is offered another cohort or all of their money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from enrollment import seating
from enrollment.cohorts import followers
from enrollment.cohorts.writing import PRESENT, present
from enrollment.models import Cohort, Enrollment
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from foundation.jobs import Job, enqueue
from payments import letters
from payments.models import EnrollmentOrder, OrderState
from payments.models.orders import MONEY_IS_HERE


@dataclass(frozen=True, slots=True)
class Effect:
    """What follows: people who are in, orders that wait for their payment."""

    people: int
    waiting: int


def effect(cohort: Cohort) -> Effect:
    people = select(func.count(Enrollment.id)).where(Enrollment.cohort_id == cohort.id, Enrollment.state.in_(PRESENT))
    waits = (OrderState.DRAFT, OrderState.PENDING, OrderState.PROCESSING, OrderState.INVOICED)
    orders = select(func.count(EnrollmentOrder.id)).where(
        EnrollmentOrder.cohort_id == cohort.id, EnrollmentOrder.state.in_(waits)
    )
    found = db.session.execute(select(people.scalar_subquery(), orders.scalar_subquery())).one()
    return Effect(found[0], found[1])


def call_off(cohort: Cohort, *, reason: str, seen: int, actor: User, at: datetime) -> int:
    """End the sale, the line and the classes to come, and write to everybody who is in; says to how many.

    Money that is still on its way finds no seat and goes before staff. Said twice it is said once. Raises Refused.
    """
    cohort = seating.lock(cohort)
    if cohort.cancelled_at is not None:
        raise Refused("This cohort was called off already.")
    if seen != cohort.revision:
        raise Refused("Somebody else has changed this cohort since you opened the page. Look at it, then decide.")
    cohort.cancelled_at = at
    cohort.revision += 1
    record("cohort.called_off", subject=cohort, actor=actor, at=at, reason=reason)
    followers.called_off(cohort, actor=actor, at=at)
    enqueue(Job.OFFER_FREE_SEATS)
    enqueue(Job.FOLLOW_PLANS)
    found = present(cohort)
    paid = _orders_of(found)
    for enrollment in found:
        letters.cohort_called_off(enrollment, paid.get(enrollment.id), reason, at=at)
    return len(found)


def _orders_of(enrollments: list[Enrollment]) -> dict[int, EnrollmentOrder]:
    """The order by which each of them came in, where there is one."""
    query = select(EnrollmentOrder).options(joinedload(EnrollmentOrder.cohort).joinedload(Cohort.program))
    ids = [enrollment.id for enrollment in enrollments]
    query = query.where(EnrollmentOrder.enrollment_id.in_(ids), EnrollmentOrder.state.in_(MONEY_IS_HERE))
    found = db.session.scalars(query.order_by(EnrollmentOrder.id))
    return {order.enrollment_id: order for order in found if order.enrollment_id is not None}
