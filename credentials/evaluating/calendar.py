"""Calendar arithmetic as ICF's rules need it: months clamped at the end of a month."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def shift_months(day: date, months: int) -> date:
    """The same day `months` later (or earlier), clamped: 30 November plus 3 is 28 or 29 February.

    Past the ends of the calendar it stays at the first or last day that exists.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year < date.min.year:
        return date.min
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def shift_years(day: date, years: int) -> date:
    """The same day `years` later or earlier, clamped."""
    return shift_months(day, 12 * years)
