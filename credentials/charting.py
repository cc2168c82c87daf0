"""Hours by month, as bars: verified and waiting in percent of the tallest month."""

from __future__ import annotations

from datetime import date
from typing import Any

from credentials.models import Kind
from credentials.summing import CHECKED, COUNTED, Totals
from foundation.filters import decimal_hours, hours, shown_date

MONTHS = 9


def months_until(day: date, number: int = MONTHS) -> list[date]:
    """The first days of the last months, this one last."""
    first = day.year * 12 + day.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(first - number + 1, first + 1)]


def bars_by_month(totals: Totals, day: date, kind: Kind | None = None) -> list[dict[str, Any]]:
    figures = [
        (month, totals.minutes(kind, CHECKED, month=month), totals.minutes(kind, COUNTED, month=month))
        for month in months_until(day)
    ]
    tallest = max((both for _, _, both in figures), default=0) or 1
    return [
        {
            "label": shown_date(month, "MMM"),
            "text": decimal_hours(both // 6 * 6),
            "exact": hours(both),
            "verified": round(100 * checked / tallest, 1),
            "waiting": round(100 * (both - checked) / tallest, 1),
        }
        for month, checked, both in figures
    ]
