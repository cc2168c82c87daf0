"""Reading which month or year is asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from foundation.filters import shown_date

A_PERIOD = re.compile(r"(20\d\d)(?:-(0[1-9]|1[0-2]))?")


@dataclass(frozen=True, slots=True)
class Period:
    """A month, or a whole year; first and last day included."""

    first: date
    last: date

    @property
    def is_month(self) -> bool:
        return self.first.month == self.last.month and self.first.year == self.last.year

    @property
    def name(self) -> str:
        """As the address has it: `2026-11` or `2026`."""
        return self.first.strftime("%Y-%m") if self.is_month else str(self.first.year)

    @property
    def words(self) -> str:
        return shown_date(self.first, "MMMM y") if self.is_month else str(self.first.year)

    @property
    def before(self) -> Period:
        return of(self.first - timedelta(days=1), month=self.is_month)

    @property
    def after(self) -> Period:
        return of(self.last + timedelta(days=1), month=self.is_month)


def of(day: date, *, month: bool = True) -> Period:
    """The month or the year in which a day lies."""
    if not month:
        return Period(date(day.year, 1, 1), date(day.year, 12, 31))
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def read(text: str, today: date) -> Period:
    """`2026-11` or `2026`; anything else is this month."""
    found = A_PERIOD.fullmatch(text)
    if not found:
        return of(today)
    return of(date(int(found[1]), int(found[2] or 1), 1), month=bool(found[2]))
