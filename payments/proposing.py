"""Proposing: what the rules of an order give back to its buyer on a day, for staff and for the buyer alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from enrollment.policies import applying, leaving, simulating
from enrollment.policies.leaving import Line, Outcome
from enrollment.policies.simulating import Stretch
from foundation.money import Money
from payments import binding, refunding
from payments.models import DueState, EnrollmentOrder, OrderState


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


def propose(order: EnrollmentOrder, *, on: date) -> Proposal:
    """What comes back of what is here, less what went back before. Whoever paid and got no seat gets all of it."""
    rule, price, paid = binding.rule_of(order), price_of(order), refunding.refundable(order)
    course = applying.course_of(order.cohort, rule.terms)
    if order.state == OrderState.PAID_NO_SEAT:
        return Proposal(_all_of_it(paid, on), paid, rule.version, [])
    outcome = leaving.leave(rule.terms, course, price=price, paid=paid, on=on)
    return Proposal(outcome, paid, rule.version, simulating.stretches(rule.terms, course, price))


def price_of(order: EnrollmentOrder) -> Money:
    """What the order costs: the price that was agreed, less what the school let go of."""
    waived = sum(due.cents for due in order.dues if due.state == DueState.WAIVED)
    return Money(order.amount_cents - waived, order.currency)


def _all_of_it(paid: Money, on: date) -> Outcome:
    why = "No seat was given for this payment, so all of it goes back."
    return Outcome(on, paid, 0, None, why, (Line("Paid so far", paid),))
