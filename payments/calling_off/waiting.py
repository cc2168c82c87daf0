"""Waiting: who is in a cohort that was called off and has chosen nothing yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from enrollment.models import Cohort, Enrollment, EnrollmentState
from foundation.db import db
from foundation.money import Money
from payments.changing.choosing import MAY_CHANGE
from payments.models import EnrollmentOrder, EntryKind, MoneyEntry
from payments.models.orders import OWES

CHOOSES = (EnrollmentState.ACTIVE, EnrollmentState.READ_ONLY, EnrollmentState.SUSPENDED)
"""Whoever takes a break has chosen to come later."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """`days` since the cohort was called off; `here` is what the school has of their money."""

    enrollment: Enrollment
    order: EnrollmentOrder | None
    here: Money
    days: int

    @property
    def may_choose(self) -> bool:
        return self.order is not None and self.order.state in MAY_CHANGE


def has_not_chosen() -> ColumnElement[bool]:
    """Beside `Enrollment` and `Cohort` joined."""
    return Cohort.cancelled_at.is_not(None) & Enrollment.state.in_(CHOOSES)


def days_since(cohort: Cohort, at: datetime) -> int:
    """Whole days since a cohort was called off."""
    return (at - cohort.cancelled_at) // DAY if cohort.cancelled_at else 0


def waiting_in(cohort: Cohort, *, at: datetime) -> list[Waiting]:
    """By name; three statements, however many they are."""
    query = (
        select(Enrollment)
        .join(Enrollment.cohort)
        .join(Enrollment.user)
        .options(joinedload(Enrollment.user).lazyload(User.roles))
        .where(Enrollment.cohort_id == cohort.id, has_not_chosen())
    )
    found = list(db.session.scalars(query.order_by(func.lower(User.name), Enrollment.id)))
    orders = orders_of([enrollment.id for enrollment in found])
    here, days = _money_of([order.id for order in orders.values()]), days_since(cohort, at)
    return [_waiting(enrollment, orders.get(enrollment.id), here, days) for enrollment in found]


def _waiting(enrollment: Enrollment, order: EnrollmentOrder | None, here: dict[int, int], days: int) -> Waiting:
    currency = order.currency if order else enrollment.cohort.currency
    return Waiting(enrollment, order, Money(here.get(order.id, 0) if order else 0, currency), days)


def orders_of(enrollment_ids: list[int]) -> dict[int, EnrollmentOrder]:
    """The order by which each of them came in, where there is one."""
    query = select(EnrollmentOrder).where(
        EnrollmentOrder.enrollment_id.in_(enrollment_ids), EnrollmentOrder.state.in_(OWES)
    )
    found = db.session.scalars(query.order_by(EnrollmentOrder.id))
    return {order.enrollment_id: order for order in found if order.enrollment_id is not None}


def _money_of(order_ids: list[int]) -> dict[int, int]:
    query = select(MoneyEntry.order_id, func.sum(MoneyEntry.cents)).group_by(MoneyEntry.order_id)
    query = query.where(MoneyEntry.order_id.in_(order_ids), MoneyEntry.kind != EntryKind.FEE)
    return {order_id: int(cents) for order_id, cents in db.session.execute(query)}
