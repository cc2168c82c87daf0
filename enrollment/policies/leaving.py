"""Leaving: what comes back to somebody who stops on a day. Pure: terms, days and sums in, a sum with its reasons out.

Cents are whole; a part of a cent falls to the buyer. What is kept never shrinks from one step to the next, is never
more than was paid, and the lines of an answer sum to what comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from enrollment.policies import wording
from enrollment.policies.terms import Course, Measure, Step, Terms
from foundation import currencies
from foundation.money import Money


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the reckoning, signed from the buyer's side."""

    words: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes back on a day. `until` is the last day on which it is this much; None when it stays so."""

    on: date
    back: Money
    step: int
    until: date | None
    why: str
    lines: tuple[Line, ...]


def leave(terms: Terms, course: Course, *, price: Money, paid: Money, on: date, kept_before: int = 0) -> Outcome:
    """What comes back of `paid` (all that came, less what went back before) to somebody who stops on a day.

    `kept_before`: cents that were kept already on the day they moved here from another cohort.

    Raises ValueError where currencies differ or a sum is negative.
    """
    if not terms.fits(price.currency) or paid.currency != price.currency or min(price.cents, paid.cents) < 0:
        raise ValueError("The sums of the rules, the price and the payment must be in one currency, and none negative.")
    days = last_days(terms, course)
    step = next(n for n, last in enumerate(days) if last is None or on <= last)
    lines = [("Paid so far", paid.cents), *_kept(terms, step, price)]
    kept = -sum(cents for _, cents in lines[1:])
    if kept_before > kept:
        lines.append(("Not less is kept than on the day of your move", kept - kept_before))
    over = min(0, sum(cents for _, cents in lines))
    if over:
        lines.append(("More than was paid is never kept", -over))
    told = tuple(Line(words, Money(cents, price.currency)) for words, cents in lines if cents or words == "Paid so far")
    back = sum(line.amount.cents for line in told)
    return Outcome(on, Money(back, price.currency), step, days[step], wording.why(terms, days, step, on), told)


def last_days(terms: Terms, course: Course) -> list[date | None]:
    """For each step the last day on which it holds, never earlier than the step before; None for the last one."""
    found: list[date | None] = []
    for step in terms.steps:
        day = _last_day(step, course)
        before = found[-1] if found else None
        found.append(max(day, before) if day and before else day)
    return found


def _last_day(step: Step, course: Course) -> date | None:
    if step.measure == Measure.DAYS_BEFORE:
        return course.starts_on - timedelta(days=step.number)
    if step.measure == Measure.DAYS_AFTER:
        return course.starts_on + timedelta(days=step.number)
    if step.measure == Measure.CLASSES:
        held = course.class_days
        return held[step.number - 1] if step.number <= len(held) else course.ends_on
    if step.measure == Measure.SHARE:
        days = (course.ends_on - course.starts_on).days + 1
        return course.starts_on + timedelta(days=days * step.number // 100 - 1)
    return None


def _kept(terms: Terms, step: int, price: Money) -> list[tuple[str, int]]:
    """What is kept at a step, as lines with a minus; an earlier step that kept more still holds."""
    mine = _kept_at(terms, terms.steps[step], price)
    kept = -sum(cents for _, cents in mine)
    before = max((-sum(c for _, c in _kept_at(terms, s, price)) for s in terms.steps[:step]), default=0)
    if before > kept:
        mine.append(("Not less is kept than if you had left earlier", kept - before))
    return mine


def _kept_at(terms: Terms, step: Step, price: Money) -> list[tuple[str, int]]:
    deposit = min(terms.deposit_cents, price.cents)
    share = currencies.rounded((price.cents - deposit) * (100 - step.percent) // 100, price.currency)
    lines = [
        ("Kept: the deposit", -deposit),
        (f"Kept: {100 - step.percent} percent of {'the rest of ' if deposit else ''}the price", -share),
        ("Kept: a fixed sum", -step.keep_cents),
    ]
    kept = deposit + share + step.keep_cents
    if 0 < kept < terms.minimum_kept_cents:
        lines.append(("Where anything is kept, it is at least this much", kept - terms.minimum_kept_cents))
        kept = terms.minimum_kept_cents
    if kept > price.cents:
        lines.append(("Never more than the price", kept - price.cents))
    return lines
