"""Times as meeting rooms write them: with or without a day, seconds, AM and PM, an offset; and what moment each is.

A report's wall clock is the host's, and may be any zone's. So a time is first read as it stands, and becomes a moment
only once a zone is assumed. Where a day may be read two ways (03/04), the one nearest to the class is meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from courseware.attendance.timing import Span, moments
from credentials.coaching_log.importing.days import Days, NotADay, Order
from credentials.coaching_log.importing.grids import UNSAVED, text_of

EPOCH = datetime(1899, 12, 30)
CLOCK = re.compile(
    r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(?:([ap])\.?\s?m\b\.?)?\s*"
    r"(Z|UTC|GMT)?\s*([+-]\d{2}:?\d{2}|(?<=GMT)[+-]\d{1,2}|(?<=UTC)[+-]\d{1,2})?",
    re.IGNORECASE,
)

DOTTED = re.compile(r"(?<=[\sT,])(\d{1,2})\.(\d{2})\.(\d{2})(?![\d.])(?=\s*$|\s*[ap]\.?\s?m)", re.IGNORECASE)
"""`23.05.09` behind a day, as some countries write a clock."""


class NotATime(Exception):
    """A cell holds no time. The message says why, for whoever brought the file."""


@dataclass(frozen=True, slots=True)
class Written:
    """A time as it stands in a file: the days it may mean (none: the class's own), the clock, its own offset if any."""

    days: tuple[date, ...]
    clock: time
    offset: tzinfo | None = None

    @property
    def shown(self) -> str:
        day = f"{self.days[0]:%Y-%m-%d} " if self.days else ""
        return f"{day}{self.clock:%H:%M}"


def read_time(cell: Any) -> Written | None:
    """What a cell says; None where it is empty. Raises NotATime."""
    if isinstance(cell, datetime):
        return Written((cell.date(),), cell.time(), cell.tzinfo)
    if isinstance(cell, time):
        return Written((), cell)
    text = text_of(cell)
    if text in {"", "-", "–"}:
        return None
    found = None if cell == UNSAVED else CLOCK.search(DOTTED.sub(r"\1:\2:\3", text))
    if found is None:
        raise NotATime(f"“{text[:40]}” is no time")
    return Written(_days(text[: found.start()].rstrip(" ,T")), _clock(found, text), _offset(found))


def _clock(found: re.Match[str], text: str) -> time:
    hour, minute, second, half = int(found[1]), int(found[2]), int(found[3] or 0), (found[4] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise NotATime(f"“{text[:40]}” is no time: with AM or PM the hour is from 1 to 12")
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise NotATime(f"“{text[:40]}” is no time: a day has 24 hours, an hour 60 minutes")
    return time(hour, minute, second)


def _offset(found: re.Match[str]) -> tzinfo | None:
    if not found[6]:
        return UTC if found[5] else None
    sign, digits = found[6][0], found[6][1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) < 3 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 14 or minutes > 59:
        return None
    return timezone(timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1))


def _days(text: str) -> tuple[date, ...]:
    """Every day that the words may mean: 03/04/2026 is two."""
    if not text:
        return ()
    found: list[date] = []
    for order in (Order.MONTH_FIRST, Order.DAY_FIRST):
        try:
            found.append(Days(order, EPOCH).read(text))
        except NotADay:
            continue
    if not found:
        raise NotATime(f"“{text[:40]}” is no day")
    return tuple(dict.fromkeys(found))


def readings(written: Written, zone: ZoneInfo, near: datetime) -> list[datetime]:
    """The moments that a written time may be, earliest first; none on the hour that spring leaves out."""
    around = near.astimezone(zone).date()
    days = written.days or tuple(around + timedelta(days=n) for n in (-1, 0, 1))
    if written.offset is not None:
        fixed = [datetime.combine(day, written.clock, written.offset) for day in days]
        return sorted(moment.astimezone(UTC) for moment in fixed)
    return sorted({moment for day in days for moment in moments(day, written.clock, zone)})


def span_of(joined: Written, left: Written | None, seconds: int | None, zone: ZoneInfo, near: datetime) -> Span:
    """When somebody was there: of several readings the one of the length that is told, else the nearest to the class.

    `seconds` is the length that the report states. Raises NotATime.
    """
    came = _known(joined, zone, near)
    if left is None:
        if seconds is None:
            raise NotATime("no time of leaving, and no duration")
        first = min(came, key=lambda moment: abs(moment - near))
        return first, first + timedelta(seconds=seconds)
    went = _known(left, zone, near)
    pairs = [(a, b) for a in came for b in went if timedelta() <= b - a <= timedelta(days=1)]
    if not pairs:
        raise NotATime(f"left at {left.shown}, which is not within a day after joining at {joined.shown}")
    return min(pairs, key=lambda pair: (_far_off(pair, seconds), abs(pair[0] - near), pair[1] - pair[0]))


def _known(written: Written, zone: ZoneInfo, near: datetime) -> list[datetime]:
    found = readings(written, zone, near)
    if not found:
        raise NotATime(f"{written.shown} did not come that night in {zone.key.replace('_', ' ')}: clocks went forward")
    return found


def _far_off(pair: Span, seconds: int | None) -> int:
    """Whole quarters of an hour between a span and the length that was told; reports round to the minute."""
    return 0 if seconds is None else abs(int((pair[1] - pair[0]).total_seconds()) - seconds) // 900
