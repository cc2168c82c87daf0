"""Comparing: orders, payments, the ledger of money, seats and enrollments must tell one story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, select

from enrollment.models import Enrollment, EnrollmentState, Seat, SeatState
from foundation.db import db
from foundation.escalating import escalate
from payments.models import DueState, EnrollmentOrder, MoneyEntry, OrderDue, OrderState, Payment
from payments.models.ledger import MONEY_IN

SEATED = (OrderState.INVOICED, OrderState.PAID, OrderState.PART_REFUNDED, OrderState.DISPUTED)
TAKES_PART = (EnrollmentState.ACTIVE, EnrollmentState.READ_ONLY, EnrollmentState.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Difference:
    """Two of our own records that tell of an order in two ways."""

    order_id: int
    order: str
    kind: str
    reason: str


def differences() -> Iterator[Difference]:
    """Every difference there is; one statement a question."""
    questions: dict[str, tuple[Select[Any], str]] = {
        "not_enrolled": (_not_enrolled(), "Paid, but not enrolled."),
        "unpaid_due": (_paid_less_than_its_dues(), "Parts are marked paid, and less money came than they ask for."),
        "ledger": (_ledger_differs(), "The payments and the ledger of money do not add up to the same."),
        "stray_seat": (_stray_seats(), "A seat is taken for it, though it is not paid."),
        "no_seat": (_without_seat(), "Somebody takes part, and the seat that was paid for has been released."),
    }
    for kind, (query, reason) in questions.items():
        for order_id, public_id in db.session.execute(query.order_by(EnrollmentOrder.id)):
            yield Difference(order_id, public_id, kind, reason)


def put_before_staff(found: Difference, *, at: datetime) -> None:
    """Each difference once, until somebody has decided."""
    order = db.session.get_one(EnrollmentOrder, found.order_id)
    escalate(
        "order.difference", subject=order, summary=found.reason, dedupe=f"order.{found.kind}:{found.order_id}", at=at
    )


def _orders() -> Any:
    return select(EnrollmentOrder.id, EnrollmentOrder.public_id)


def _not_enrolled() -> Any:
    return _orders().where(
        EnrollmentOrder.state.in_([OrderState.PAID, OrderState.PART_REFUNDED]), EnrollmentOrder.enrollment_id.is_(None)
    )


def _sum(column: Any, table: Any, *conditions: Any) -> Any:
    total = select(func.coalesce(func.sum(column), 0)).where(table.order_id == EnrollmentOrder.id, *conditions)
    return total.correlate(EnrollmentOrder).scalar_subquery()


def _paid_less_than_its_dues() -> Any:
    asked = _sum(OrderDue.cents, OrderDue, OrderDue.state == DueState.PAID)
    return _orders().where(asked > _sum(Payment.cents, Payment))


def _ledger_differs() -> Any:
    charged = _sum(MoneyEntry.cents, MoneyEntry, MoneyEntry.kind.in_(MONEY_IN))
    return _orders().where(charged != _sum(Payment.cents, Payment))


def _stray_seats() -> Any:
    number = cast(func.substr(Seat.ref, len("order:") + 1), BigInteger)
    taken = select(number).where(Seat.state == SeatState.TAKEN, Seat.ref.like("order:%"))
    return _orders().where(EnrollmentOrder.id.in_(taken), EnrollmentOrder.state.not_in(SEATED))


def _without_seat() -> Any:
    return (
        _orders()
        .join(Enrollment, Enrollment.id == EnrollmentOrder.enrollment_id)
        .join(Seat, Seat.id == Enrollment.seat_id)
        .where(EnrollmentOrder.state.in_(SEATED), Enrollment.state.in_(TAKES_PART), Seat.state != SeatState.TAKEN)
    )
