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
    """Each class on its weekday, none on the day of the one before, and over exactly where it was over.

    A class that has no such day keeps its own. The days given lie at least six apart, so that their order stays.
    """
    found: list[date] = []
    for day, weekday in zip(days, weekdays, strict=True):
        wanted = near(day, weekday)
        is_free = not found or wanted > found[-1]
        found.append(wanted if is_free and is_over(wanted) == is_over(day) else day)
    return found
