"""Listing orders for staff: found, filtered, sorted; money in limbo apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from accounts.models import User
from enrollment.models import Cohort
from foundation.audit import AuditLine
from foundation.db import db
from foundation.escalating import StaffTask
from payments import queries
from payments.models import EnrollmentOrder, MoneyEntry, OrderDue, OrderState, Receipt, Refund, StripeEvent

SORTS: dict[str, Any] = {
    "ordered": EnrollmentOrder.created_at,
    "name": func.lower(User.name),
    "amount": EnrollmentOrder.amount_cents,
    "state": EnrollmentOrder.state,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the list shall show. `sort` is a name of SORTS, with a minus for descending."""

    words: str = ""
    state: str = ""
    cohort: str = ""
    sort: str = "-ordered"

    def parts(self, **other: Any) -> dict[str, Any]:
        """As the address holds it, without what is empty."""
        known = {"words": self.words, "state": self.state, "cohort": self.cohort, "sort": self.sort}
        return {name: value for name, value in (known | other).items() if value}


def orders(wish: Wish) -> Select[Any]:
    query = _base().options(selectinload(EnrollmentOrder.dues))
    if wish.words:
        like = f"%{wish.words.replace('%', '').replace('_', '')}%"
        found = [User.name.ilike(like), User.email.ilike(like), EnrollmentOrder.public_id == wish.words]
        number = select(Receipt.order_id).where(Receipt.number == wish.words)
        query = query.where(or_(*found, EnrollmentOrder.id.in_(number)))
    if wish.state in {str(state) for state in OrderState}:
        unpaid = (OrderState.DRAFT, OrderState.PENDING)
        state = OrderState(wish.state)
        query = query.where(EnrollmentOrder.state.in_(unpaid if state in unpaid else (state,)))
    if wish.cohort:
        query = query.where(Cohort.code == wish.cohort)
    column = SORTS.get(wish.sort.removeprefix("-"), EnrollmentOrder.created_at)
    return query.order_by(column.desc() if wish.sort.startswith("-") else column.asc(), EnrollmentOrder.id.desc())


def with_tax(wish: Wish) -> Iterator[tuple[EnrollmentOrder, int]]:
    """The same list, each order with the cents of tax that were paid for it."""
    tax = select(func.coalesce(func.sum(OrderDue.tax_cents), 0)).where(OrderDue.order_id == EnrollmentOrder.id)
    query = orders(wish).add_columns(tax.correlate(EnrollmentOrder).scalar_subquery())
    yield from ((order, int(cents)) for order, cents in db.session.execute(query))


def _base() -> Select[Any]:
    return (
        select(EnrollmentOrder)
        .join(EnrollmentOrder.user)
        .join(EnrollmentOrder.cohort)
        .join(Cohort.program)
        .options(
            contains_eager(EnrollmentOrder.user).lazyload(User.roles),
            contains_eager(EnrollmentOrder.cohort).contains_eager(Cohort.program),
        )
    )


def in_limbo() -> list[EnrollmentOrder]:
    """Money that a person must decide about, oldest first."""
    query = _base().options(selectinload(EnrollmentOrder.dues)).where(queries.limbo())
    return list(db.session.scalars(query.order_by(EnrollmentOrder.created_at, EnrollmentOrder.id).limit(50)))


def by_public_id(public_id: str) -> EnrollmentOrder | None:
    """With its refunds, credit notes, receipts and dues, in one statement."""
    beside = (
        joinedload(EnrollmentOrder.receipts),
        joinedload(EnrollmentOrder.refunds).joinedload(Refund.payment),
        joinedload(EnrollmentOrder.credit_notes),
        joinedload(EnrollmentOrder.invoice),
        joinedload(EnrollmentOrder.dues),
        joinedload(EnrollmentOrder.enrollment),
    )
    query = _base().options(*beside).where(EnrollmentOrder.public_id == public_id)
    found: EnrollmentOrder | None = db.session.scalars(query).unique().one_or_none()
    return found


def totals() -> dict[str, int]:
    """Orders by state, in one statement."""
    query = select(EnrollmentOrder.state, func.count()).group_by(EnrollmentOrder.state)
    return {str(state): count for state, count in db.session.execute(query)}


@dataclass(frozen=True, slots=True)
class History:
    """All there is about one order."""

    entries: list[MoneyEntry]
    events: list[StripeEvent]
    refunds: list[Refund]
    lines: list[tuple[AuditLine, str | None]]
    tasks: list[StaffTask]


def history(order: EnrollmentOrder) -> History:
    about = and_(AuditLine.subject_type == "enrollment_order", AuditLine.subject_id == order.id)
    lines = select(AuditLine, User.name).outerjoin(User, User.id == AuditLine.actor_id).where(about)
    raised = and_(StaffTask.subject_type == "enrollment_order", StaffTask.subject_id == order.id)
    return History(
        entries=_all(select(MoneyEntry).where(MoneyEntry.order_id == order.id).order_by(MoneyEntry.id)),
        events=_all(select(StripeEvent).where(StripeEvent.order_id == order.id).order_by(StripeEvent.id)),
        refunds=order.refunds,
        lines=[(line, name) for line, name in db.session.execute(lines.order_by(AuditLine.id.desc()))],
        tasks=_all(select(StaffTask).where(raised).order_by(StaffTask.id)),
    )


def _all(query: Select[Any]) -> list[Any]:
    return list(db.session.scalars(query))
