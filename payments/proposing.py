"""Proposing: what the rules of an order give back to its buyer on a day, for staff and for the buyer alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from enrollment.policies import applying, leaving, simulating
from enrollment.policies.applying import Rule
from enrollment.policies.leaving import Line, Outcome
from enrollment.policies.simulating import Stretch
from foundation.db import db
from foundation.money import Money
from payments import binding, refunding
from payments.models import ChangeState, DueState, EnrollmentChange, EnrollmentOrder, OrderState


@dataclass(frozen=True, slots=True)
class Proposal:
    """The sum with its reasons, and which rule they come from. `left`: what can go back at most;
    `stretches`: what the rules give of the whole price, day by day."""

    outcome: Outcome
    left: Money
    version: int
    stretches: list[Stretch]

    @property
    def back(self) -> Money:
        return self.outcome.back


def propose(order: EnrollmentOrder, *, on: date, rule: Rule | None = None, kept_already: int | None = None) -> Proposal:
    """What comes back of what is here, less what went back before. Whoever paid and got no seat gets all of it.

    `rule` and `kept_already` are the order's own (`binding.rule_of`, `kept_before`), for whoever has read them.
    """
    rule, price, paid = rule or binding.rule_of(order), price_of(order), refunding.refundable(order)
    if order.state == OrderState.PAID_NO_SEAT or order.cohort.cancelled_at is not None:
        return Proposal(_all_of_it(order, paid, on), paid, rule.version, [])
    course = applying.course_of(order.cohort, rule.terms)
    before = kept_before(order.id) if kept_already is None else kept_already
    fees = sum(due.cents for due in order.dues if due.is_fee and due.state == DueState.PAID)
    tuition = Money(max(0, paid.cents - fees), paid.currency)
    outcome = leaving.leave(rule.terms, course, price=price, paid=tuition, on=on, kept_before=before)
    return Proposal(outcome, paid, rule.version, simulating.stretches(rule.terms, course, price, before))


def kept_before(order_id: int) -> int:
    """What the rules had kept when the buyer last moved or took a break: a later cohort's days make it no less."""
    query = select(func.max(EnrollmentChange.kept_cents)).where(EnrollmentChange.order_id == order_id)
    return int(db.session.scalar(query.where(EnrollmentChange.state == ChangeState.DONE)) or 0)


def kept_on(order: EnrollmentOrder, on: date) -> int:
    """Cents of the price that the rules keep from whoever leaves on a day and has paid all of it.

    Whoever moves because the school called a cohort off begins anew in the next one.
    """
    if order.cohort.cancelled_at is not None:
        return kept_before(order.id)
    rule, price = binding.rule_of(order), price_of(order)
    course = applying.course_of(order.cohort, rule.terms)
    told = leaving.leave(rule.terms, course, price=price, paid=price, on=on, kept_before=kept_before(order.id))
    return price.cents - told.back.cents


def price_of(order: EnrollmentOrder) -> Money:
    """What the order costs: the price that was agreed, less what the school let go of, and the tax that came on top."""
    dues = [due for due in order.dues if not due.is_fee]
    waived = sum(due.waived_cents + (due.cents if due.state == DueState.WAIVED else 0) for due in dues)
    added = sum(due.added_cents for due in dues)
    return Money(order.amount_cents - waived + added, order.currency)


def _all_of_it(order: EnrollmentOrder, paid: Money, on: date) -> Outcome:
    why = "No seat was given for this payment, so all of it goes back."
    if order.cohort.cancelled_at is not None:
        why = "The school called this cohort off, so all of it goes back."
    return Outcome(on, paid, 0, None, why, (Line("Paid so far", paid),))
