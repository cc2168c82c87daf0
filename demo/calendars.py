"""Calendars: each class of the demo school on the weekday that its cohort says, whatever day the school is made."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from datetime import date, timedelta

SATURDAY = 5


def weekday_in(meets: str) -> int:
    """The first weekday that a rhythm names, Monday being 0."""
    return next(number for number, name in enumerate(calendar.day_name) if name in meets)


def first_weekday(meets: str) -> int:
    """The weekday on which a cohort begins."""
    return SATURDAY if "Saturdays at the start" in meets else weekday_in(meets)


def near(day: date, weekday: int) -> date:
    """The nearest day of this name, at most three days away."""
    return day + timedelta(days=(weekday - day.weekday() + 3) % 7 - 3)


def settled(days: Sequence[date], weekdays: Sequence[int], is_over: Callable[[date], bool]) -> list[date]:
    """Each class on its weekday, none before the one before it, and over exactly where it was over.

    A class that has no such day within four keeps its own. The days given lie at least six apart, so that none of
    these is taken already.
    """
    found: list[date] = []
    for day, weekday in zip(days, weekdays, strict=True):
        first = near(day, weekday)
        wanted = [one for one in (first, first + timedelta(days=7)) if (one - day).days <= 4]
        free = [one for one in wanted if (not found or one > found[-1]) and is_over(one) == is_over(day)]
        found.append(free[0] if free else day)
    return found
