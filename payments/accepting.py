"""Accepting: what a buyer agreed to, as it can be read ever after: the agreement's text and the rules for leaving."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enrollment.policies import applying, simulating, wording
from enrollment.policies.simulating import Stretch
from foundation.filters import shown_date
from payments import agreeing, binding
from payments.agreeing import Agreement
from payments.models import EnrollmentOrder


@dataclass(frozen=True, slots=True)
class Accepted:
    """The two texts that stood above the tick, with the days and sums of the cohort."""

    agreement: Agreement
    at: datetime
    stretches: list[Stretch]
    others: list[str]


def accepted(order: EnrollmentOrder) -> Accepted:
    rule = binding.rule_of(order)
    course = applying.course_of(order.cohort, rule.terms)
    days = simulating.stretches(rule.terms, course, order.amount)
    return Accepted(agreeing.agreement(order.agreement_version), order.agreed_at, days, wording.others(rule.terms))


def as_mailed(order: EnrollmentOrder) -> dict[str, Any]:
    """The same for a letter: text and HTML, so that they have it where nobody can change it."""
    told = accepted(order)
    return {
        "version": told.agreement.version,
        "title": told.agreement.title,
        "text": told.agreement.body_md,
        "html": str(told.agreement.html),
        "rules": [_line(one) for one in told.stretches],
        "others": told.others,
    }


def _line(one: Stretch) -> str:
    time = f"Until {shown_date(one.last)}" if one.last else "Later"
    return f"{time}: {one.words}" + (f" ({one.back})." if one.back.cents else ".")
