"""Catching up: who came before there was a completion clock is given one, by the rules they bought under.

Staff see each day before any is written. Where the rules' own day has gone by, or is near, nobody is surprised: they
have sixty days from now, and the letters ahead of a last day reach them as they reach everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from enrollment.access import clock
from enrollment.access.models import AccessKind
from enrollment.models import Cohort, Enrollment
from enrollment.policies import applying
from enrollment.policies.terms import from_json
from foundation.db import db
from foundation.errors import Refused
from payments.models import EnrollmentOrder, OrderTerms

NOTICE = timedelta(days=60)
"""As far ahead as the first letter about a last day goes."""
REASON = "By the rules, for somebody who came before there was a clock"


@dataclass(frozen=True, slots=True)
class Proposed:
    """The last day somebody would have: `by_rule` from the rules alone, `until` with the days of notice."""

    enrollment: Enrollment
    months: int
    by_rule: date
    until: date

    @property
    def is_put_off(self) -> bool:
        return self.until != self.by_rule


def without_clock() -> Select[Any]:
    """Enrollments that can still be completed and have no last day; those of the oldest cohorts first."""
    whole = (joinedload(Enrollment.user).lazyload(User.roles), joinedload(Enrollment.cohort).joinedload(Cohort.program))
    query = select(Enrollment).join(Enrollment.cohort).options(*whole)
    none = Enrollment.access_until.is_(None) & Enrollment.state.in_(clock.RUNS)
    return query.where(none).order_by(Cohort.starts_on, Enrollment.id)


def number() -> int:
    none = Enrollment.access_until.is_(None) & Enrollment.state.in_(clock.RUNS)
    return db.session.scalar(select(func.count(Enrollment.id)).where(none)) or 0


def proposed(enrollments: list[Enrollment], *, at: datetime) -> list[Proposed]:
    """What each would be given; two statements, however many there are."""
    kept = _kept_terms([one.id for one in enrollments])
    rules = applying.in_force_for({one.cohort for one in enrollments if one.id not in kept}, at)
    made = []
    for one in enrollments:
        months = kept[one.id] if one.id in kept else rules[one.cohort_id].terms.completion_months
        by_rule = clock.after(one.cohort.starts_on, months)
        made.append(Proposed(one, months, by_rule, max(by_rule, clock.today(one, at) + NOTICE)))
    return made


def _kept_terms(enrollment_ids: list[int]) -> dict[int, int]:
    """The months of the rules that an order was placed under, by enrollment; the newest order counts."""
    order = EnrollmentOrder
    query = select(order.enrollment_id, OrderTerms.terms_json).join(OrderTerms, OrderTerms.order_id == order.id)
    rows = db.session.execute(query.where(order.enrollment_id.in_(enrollment_ids)).order_by(order.id))
    return {row.enrollment_id: from_json(row.terms_json).completion_months for row in rows}


def give(*, seen: int, actor: User | None, at: datetime) -> int:
    """Write each proposed day; says how many. Raises Refused where there are others than were shown (`seen`)."""
    found = list(db.session.scalars(without_clock().with_for_update(of=Enrollment, key_share=True)))
    if len(found) != seen:
        raise Refused(f"There are {len(found)} now, and {seen} were shown. Look at them once more.")
    for one in proposed(found, at=at):
        clock.write(one.enrollment, AccessKind.BEGUN, one.until, at=at, actor=actor, reason=REASON)
    return len(found)
