"""Gathering: everything of one person's money, in a few statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from enrollment.models import Cohort
from foundation.db import db
from mail.models import Letter
from payments import showing
from payments.changing import listing
from payments.models import (
    CreditNote,
    DueState,
    EnrollmentChange,
    EnrollmentOrder,
    MoneyEntry,
    OrderDue,
    Receipt,
    Refund,
    Waiver,
)
from payments.persons.tallying import Tally, tallies


@dataclass(frozen=True, slots=True)
class Paper:
    """A receipt, or a credit note; `part` is its due's number. The newest come first."""

    at: datetime
    number: str
    order: EnrollmentOrder
    part: int
    note: CreditNote | None


@dataclass(frozen=True, slots=True)
class Whole:
    """All there is about a person's money, oldest or newest first as people read it."""

    orders: list[EnrollmentOrder]
    entries: list[MoneyEntry]
    refunds: list[Refund]
    changes: list[EnrollmentChange]
    letters: list[Letter]

    @property
    def tallies(self) -> list[Tally]:
        return tallies(self.orders, self.entries)

    @property
    def names(self) -> dict[int, str]:
        """What each order is for."""
        return {order.id: f"{order.cohort.program.title}, {order.cohort.title}" for order in self.orders}

    @property
    def dues(self) -> list[tuple[EnrollmentOrder, OrderDue, str, str]]:
        """Each part that is or was asked for, with its state in a word; the parts of ended orders are left out."""
        found = [(order, due) for order in self.orders for due in order.dues if due.state != DueState.VOID]
        return [(order, due, *showing.PARTS[due.state]) for order, due in sorted(found, key=lambda pair: _day(pair[1]))]

    @property
    def waivers(self) -> list[tuple[EnrollmentOrder, Waiver]]:
        found = [(order, line) for order in self.orders for due in order.dues for line in due.waivers]
        return sorted(found, key=lambda pair: pair[1].at, reverse=True)

    @property
    def papers(self) -> list[Paper]:
        made = [_receipt(one, order) for order in self.orders for one in order.receipts]
        notes = [(note, order) for order in self.orders for note in order.credit_notes]
        made += [Paper(note.issued_at, note.number, order, 0, note) for note, order in notes]
        return sorted(made, key=lambda paper: paper.at, reverse=True)

    @property
    def disputes(self) -> list[Any]:
        return [dispute for order in self.orders for dispute in order.disputes]


def _day(due: OrderDue) -> tuple[Any, int]:
    return due.due_on, due.id


def _receipt(receipt: Receipt, order: EnrollmentOrder) -> Paper:
    return Paper(receipt.issued_at, receipt.number, order, receipt.due_number, None)


def whole(user: User) -> Whole:
    """A person's orders with their parts, receipts, waivers and disputes in one statement, and one for each other."""
    theirs = select(EnrollmentOrder.id).where(EnrollmentOrder.user_id == user.id)
    moved = select(MoneyEntry).where(MoneyEntry.order_id.in_(theirs)).order_by(MoneyEntry.at, MoneyEntry.id)
    back = (
        select(Refund)
        .where(Refund.order_id.in_(theirs))
        .options(joinedload(Refund.payment), joinedload(Refund.asked_by).lazyload(User.roles))
        .order_by(Refund.id)
    )
    sent = select(Letter).where(Letter.user_id == user.id, Letter.facts.has_key("order"))
    return Whole(
        orders=_all(_orders().where(EnrollmentOrder.user_id == user.id).order_by(EnrollmentOrder.id.desc())),
        entries=_all(moved),
        refunds=_all(back),
        changes=listing.of_person(user.id),
        letters=_all(sent.order_by(Letter.id.desc()).limit(60)),
    )


def _orders() -> Select[Any]:
    waivers = joinedload(EnrollmentOrder.dues).joinedload(OrderDue.waivers)
    return select(EnrollmentOrder).options(
        joinedload(EnrollmentOrder.cohort).joinedload(Cohort.program),
        joinedload(EnrollmentOrder.enrollment),
        waivers.joinedload(Waiver.given_by).lazyload(User.roles),
        joinedload(EnrollmentOrder.receipts),
        joinedload(EnrollmentOrder.credit_notes),
        joinedload(EnrollmentOrder.disputes),
        joinedload(EnrollmentOrder.invoice),
    )


def _all(query: Select[Any]) -> list[Any]:
    return list(db.session.scalars(query).unique())
