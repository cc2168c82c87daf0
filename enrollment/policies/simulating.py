"""Simulating: before anybody pays, what would come back if they stopped in a week; by the engine that refunds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from enrollment.models import Cohort
from enrollment.policies import leaving, wording
from enrollment.policies.applying import Rule, course_of
from enrollment.policies.leaving import Outcome
from enrollment.policies.terms import Course, Terms
from foundation.money import Money


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of days in which the same sum comes back; `last` is None for the one without an end."""

    last: date | None
    back: Money
    words: str


def stretches(terms: Terms, course: Course, price: Money, kept_before: int = 0) -> list[Stretch]:
    """The whole rule with this cohort's days and this price; a step that no day falls into is left out."""
    found: list[Stretch] = []
    days = leaving.last_days(terms, course)
    for n, last in enumerate(days):
        before = days[n - 1] if n else None
        if last is not None and last == before:
            continue
        on = last or (before or course.ends_on) + timedelta(days=1)
        told = leaving.leave(terms, course, price=price, paid=price, on=on, kept_before=kept_before)
        found.append(Stretch(last, told.back, wording.back(terms, terms.steps[n])))
    return found


def weeks(course: Course) -> int:
    """How many weeks a course has, the last one begun counted whole."""
    return ((course.ends_on - course.starts_on).days + 7) // 7


def last_day_of(course: Course, week: int) -> date:
    """The last day of a week; week 0 is the time before the first day."""
    return course.starts_on + timedelta(days=7 * week - 1)


def stop_in_week(
    terms: Terms, course: Course, week: int, *, price: Money, dues: Sequence[tuple[date, int]] = ()
) -> Outcome | None:
    """What comes back to whoever asks on the last day of a week. None for a week that there is not."""
    if not 0 <= week <= weeks(course):
        return None
    on = last_day_of(course, week)
    paid = sum(cents for n, (day, cents) in enumerate(dues) if n == 0 or day <= on) if dues else price.cents
    return leaving.leave(terms, course, price=price, paid=Money(paid, price.currency), on=on)


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a page shows before anybody pays: the rule with its days, and what one week would bring."""

    price: Money
    stretches: list[Stretch]
    others: list[str]
    weeks: list[tuple[int, str]]
    week: int | None
    outcome: Outcome | None
    in_parts: bool


def simulation(
    cohort: Cohort, rule: Rule, *, asked: str, price: Money | None = None, dues: Sequence[tuple[date, int]] = ()
) -> Simulation:
    """The rule for a cohort at a price (its own unless another is named); `asked`: the week as the address has it.

    `dues` are the days and cents in which the price is paid, the first at once; without them it is paid in one sum.
    """
    terms, cost = rule.terms, price or cohort.price
    course = course_of(cohort, terms)
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else None
    outcome = None if number is None else stop_in_week(terms, course, number, price=cost, dues=dues)
    words = [(0, "before the first day"), *((n, f"in week {n}") for n in range(1, weeks(course) + 1))]
    return Simulation(
        price=cost,
        stretches=stretches(terms, course, cost),
        others=wording.others(terms),
        weeks=words,
        week=number if outcome else None,
        outcome=outcome,
        in_parts=len(dues) > 1,
    )
