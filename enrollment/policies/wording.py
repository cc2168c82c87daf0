"""Wording: terms in plain words, made from the data and written nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from enrollment.policies.terms import Measure, Step, Terms
from foundation.filters import count, shown_date
from foundation.money import Money

ORDINALS = {1: "st", 2: "nd", 3: "rd"}


@lru_cache(200)
def rules(terms: Terms) -> tuple[str, ...]:
    """Each step as a sentence: `Until 14 days before the first day: everything comes back.`"""
    return tuple(f"{until(step)}: {back(terms, step)}." for step in terms.steps)


def in_one_line(terms: Terms) -> str:
    return " ".join(rules(terms))


def until(step: Step) -> str:
    n = step.number
    if step.measure == Measure.DAYS_BEFORE:
        return f"Until {count(n, 'day')} before the first day" if n else "Until the first day"
    if step.measure == Measure.DAYS_AFTER:
        return f"Until {count(n, 'day')} after the first day"
    if step.measure == Measure.CLASSES:
        return f"Until the {ordinal(n)} day with a class"
    if step.measure == Measure.SHARE:
        return "Until half of the course has gone" if n == 50 else f"Until {n} percent of the course has gone"
    return "After that"


def back(terms: Terms, step: Step) -> str:
    """How much comes back: `everything but $400 comes back`."""
    if step.percent == 0:
        return "nothing comes back"
    less = [f"the deposit of {_sum(terms, terms.deposit_cents)}"] if terms.deposit_cents else []
    if step.percent == 100:
        less += [_sum(terms, step.keep_cents)] if step.keep_cents else []
        return f"everything{' but ' + ' and '.join(less) if less else ''} comes back"
    of = f" of what you paid beyond {less[0]}" if less else " of the price"
    fixed = f", less {_sum(terms, step.keep_cents)}," if step.keep_cents else ""
    return f"{step.percent} percent{of}{fixed} comes back"


def others(terms: Terms) -> list[str]:
    """What else the terms promise, a sentence each."""
    return [
        line for line in (_least(terms), _moving(terms), _finishing(terms), _making_up(terms), _late(terms)) if line
    ]


def _least(terms: Terms) -> str:
    if not terms.minimum_kept_cents:
        return ""
    return f"Where anything is kept, it is at least {_sum(terms, terms.minimum_kept_cents)}."


def _moving(terms: Terms) -> str:
    if not terms.transfers:
        return "A seat stays with its cohort: you can't move to another one."
    times = "once" if terms.transfers == 1 else count(terms.transfers, "time")
    cost = f"for {_sum(terms, terms.transfer_fee_cents)}" if terms.transfer_fee_cents else "without charge"
    return f"You may move {times} to another cohort of the same program, {cost}."


def _finishing(terms: Terms) -> str:
    words = f"You have {count(terms.completion_months, 'month')} from the first day to complete everything"
    if not terms.extension_months:
        return words + "."
    cost = f"for {_sum(terms, terms.extension_fee_cents)}" if terms.extension_fee_cents else "without charge"
    return f"{words}, and may have {count(terms.extension_months, 'month')} more {cost}."


def _making_up(terms: Terms) -> str:
    if terms.make_ups is None:
        return "Every class you miss can be made up."
    return (
        f"You can make up {count(terms.make_ups, 'class', 'classes')}."
        if terms.make_ups
        else ("A missed class can't be made up.")
    )


def _late(terms: Terms) -> str:
    if not terms.grace_days:
        return "A payment is late from the day after it was due."
    return f"If a payment fails, your access stays for {count(terms.grace_days, 'day')} while we sort it out."


def why(terms: Terms, days: Sequence[date | None], step: int, on: date) -> str:
    """Which step holds on a day, and until when."""
    last, held = days[step], terms.steps[step]
    before = days[step - 1] if step else None
    time = f"{until(held)} ({shown_date(last)})" if last else f"After {shown_date(before)}" if before else "At any time"
    return f"Asked on {shown_date(on)}. {time}, {back(terms, held)}."


def ordinal(n: int) -> str:
    """`2nd`, `11th`."""
    return f"{n}{'th' if n % 100 in {11, 12, 13} else ORDINALS.get(n % 10, 'th')}"


def _sum(terms: Terms, cents: int) -> str:
    return Money(cents, terms.currency).shown()
