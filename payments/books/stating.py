"""A person's statement: every order and every movement on it, and what is open at the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from accounts.models import User
from enrollment.models import Cohort
from foundation.db import db
from foundation.money import Money
from payments import asking
from payments.models import DueState, EnrollmentOrder, EntryKind, MoneyEntry, OrderDue, Waiver, WaiverKind
from payments.models.orders import OWES

ASKED = (DueState.OPEN, DueState.PAID, DueState.WAIVED)
WORDS = {
    EntryKind.CHARGE: "Paid",
    EntryKind.REFUND: "Given back",
    EntryKind.REFUND_FAILED: "A refund came back to us",
    EntryKind.TRANSFER: "Paid by bank transfer",
    EntryKind.TRANSFER_BACK: "Given back by bank transfer",
    EntryKind.DISPUTE: "Taken back by the bank",
    EntryKind.DISPUTE_WON: "Returned by the bank",
}

GIVEN_BACK = (EntryKind.REFUND, EntryKind.REFUND_FAILED, EntryKind.TRANSFER_BACK)


@dataclass(frozen=True, slots=True)
class Line:
    """What was charged (`owed`) or moved (`paid`), in cents. A refund takes from both: its credit note says that so
    much is not charged any more."""

    at: datetime
    words: str
    what: str
    owed: int
    paid: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One currency's lines, oldest first. Stripe's fee is the school's own and stands on nobody's statement."""

    currency: str
    lines: list[Line]

    @property
    def owed(self) -> Money:
        return Money(sum(line.owed for line in self.lines), self.currency)

    @property
    def paid(self) -> Money:
        return Money(sum(line.paid for line in self.lines), self.currency)

    @property
    def rest(self) -> Money:
        """What is still open; below zero, what was paid too much."""
        return self.owed - self.paid

    def shown(self, cents: int) -> str:
        """A sum in words; nothing for none."""
        return Money(cents, self.currency).shown() if cents else ""


def statements(user_id: int) -> list[Statement]:
    """A person's statements, one a currency; three or four statements to the database."""
    orders = _orders(user_id)
    sold = [order for order in orders.values() if order.state in OWES or order.paid_at]
    asked = [(due, order) for order in sold for due in order.dues if due.state in ASKED]
    lines = [(order.currency, _tuition(due, order)) for due, order in asked]
    lines += [(order.currency, _tax(due, order)) for due, order in asked if due.added_cents]
    lines += [(order.currency, _let_go(line, order)) for due, order in asked for line in due.waivers]
    query = select(MoneyEntry).where(MoneyEntry.order_id.in_(orders), MoneyEntry.kind.in_(WORDS))
    for entry in db.session.scalars(query.order_by(MoneyEntry.at, MoneyEntry.id)):
        owed = entry.cents if entry.kind in GIVEN_BACK else 0
        told = Line(entry.at, WORDS[entry.kind], _what(orders[entry.order_id]), owed, entry.cents)
        lines.append((entry.currency, told))
    found = sorted(lines, key=lambda pair: (pair[1].at, pair[1].owed == 0))
    return [Statement(c, [line for mine, line in found if mine == c]) for c in sorted({c for c, _ in found})]


def _orders(user_id: int) -> dict[int, EnrollmentOrder]:
    cohort = joinedload(EnrollmentOrder.cohort).joinedload(Cohort.program)
    query = (
        select(EnrollmentOrder)
        .where(EnrollmentOrder.user_id == user_id)
        .order_by(EnrollmentOrder.id)
        .options(cohort, selectinload(EnrollmentOrder.dues).selectinload(OrderDue.waivers))
    )
    return {order.id: order for order in db.session.scalars(query).unique()}


def _tuition(due: OrderDue, order: EnrollmentOrder) -> Line:
    day = datetime.combine(due.due_on, time(), order.cohort.zone)
    words = "Tuition" + asking.part(order, due)
    return Line((order.paid_at or order.created_at) if due.number == 1 else day, words, _what(order), due.full.cents, 0)


def _tax(due: OrderDue, order: EnrollmentOrder) -> Line:
    told = _tuition(due, order)
    return Line(told.at, "Tax" + asking.part(order, due), told.what, due.added_cents, 0)


def _let_go(line: Waiver, order: EnrollmentOrder) -> Line:
    words = (
        ("Scholarship" if line.kind == WaiverKind.SCHOLARSHIP else "Waived") if line.cents > 0 else "Asked for again"
    )
    return Line(line.at, words, _what(order), -line.cents, 0)


def _what(order: EnrollmentOrder) -> str:
    return f"{order.cohort.program.title}, {order.cohort.title}"


def document(user: User, found: list[Statement], at: datetime) -> dict[str, Any]:
    """The data of `templates/documents/statement.typ`: every figure written out."""
    settings = current_app.config["SETTINGS"]
    return {
        "school": settings.school_name,
        "address": settings.school_address,
        "email": settings.school_email,
        "name": user.name,
        "to": user.email,
        "on": _day(at, settings.time_zone),
        "parts": [_part(one, settings.time_zone) for one in found],
    }


def _part(one: Statement, zone: str) -> dict[str, Any]:
    rows = [[_day(line.at, zone), line.words, line.what, *_sides(line, one)] for line in one.lines]
    return {
        "currency": one.currency,
        "rows": rows,
        "owed": one.owed.shown(),
        "paid": one.paid.shown(),
        "rest": one.rest.shown(),
    }


def _sides(line: Line, one: Statement) -> list[str]:
    return [one.shown(line.owed), one.shown(line.paid)]


def _day(moment: datetime, zone: str) -> str:
    return format_date(moment.astimezone(ZoneInfo(zone)).date(), format="medium", locale="en_US")
