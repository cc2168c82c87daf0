"""Listing invoices for staff: what is overdue first, found by whatever stands on one."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from accounts.models import User
from enrollment.models import Cohort
from foundation.db import db
from foundation.errors import NotFound
from payments.models import EnrollmentOrder, Invoice, InvoiceState, Payment

OPEN = (InvoiceState.OPEN, InvoiceState.PART_PAID)
WORDS: dict[InvoiceState, tuple[str, str]] = {
    InvoiceState.OPEN: ("Open", "wait"),
    InvoiceState.PART_PAID: ("Partly paid", "wait"),
    InvoiceState.PAID: ("Paid", "good"),
    InvoiceState.CANCELLED: ("Cancelled", "quiet"),
}
STATES = ("unpaid", "overdue", *(str(state) for state in InvoiceState))


SORTS: dict[str, Any] = {
    "number": Invoice.id,
    "company": func.lower(Invoice.company),
    "due": Invoice.due_on,
    "amount": Invoice.cents,
}


def found(words: str, state: str, *, on: date, sort: str = "") -> Select[Any]:
    """Rows of an invoice and the cents that came for it. `sort` is a name of SORTS, with a minus for descending;
    without it open ones first, the longest due before the others."""
    came = select(func.coalesce(func.sum(Payment.cents), 0)).where(Payment.order_id == Invoice.order_id)
    query = _whole().add_columns(came.correlate(Invoice).scalar_subquery())
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        columns = (
            Invoice.number,
            Invoice.company,
            Invoice.purchase_order,
            Invoice.billing_email,
            User.name,
            User.email,
        )
        query = query.where(or_(*(column.ilike(like) for column in columns)))
    if state == "overdue":
        query = query.where(Invoice.state.in_(OPEN), Invoice.due_on < on)
    elif state == "unpaid":
        query = query.where(Invoice.state.in_(OPEN))
    elif state in STATES:
        query = query.where(Invoice.state == InvoiceState(state))
    column = SORTS.get(sort.removeprefix("-"))
    if column is not None:
        return query.order_by(column.desc() if sort.startswith("-") else column.asc(), Invoice.id)
    return query.order_by(Invoice.state.in_(OPEN).desc(), Invoice.due_on, Invoice.id)


def _whole() -> Select[Any]:
    return (
        select(Invoice)
        .join(Invoice.order)
        .join(EnrollmentOrder.user)
        .options(
            contains_eager(Invoice.order).contains_eager(EnrollmentOrder.user).lazyload(User.roles),
            contains_eager(Invoice.order).joinedload(EnrollmentOrder.cohort).joinedload(Cohort.program),
            joinedload(Invoice.cancelled_by).lazyload(User.roles),
        )
    )


def named(public_id: str) -> Invoice:
    """Raises NotFound."""
    one: Invoice | None = db.session.scalar(_whole().where(Invoice.public_id == public_id))
    if one is None:
        raise NotFound
    return one


def payments_of(order_id: int) -> list[Payment]:
    """Oldest first."""
    return list(db.session.scalars(select(Payment).where(Payment.order_id == order_id).order_by(Payment.id)))
