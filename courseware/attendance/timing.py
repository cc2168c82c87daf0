"""Timing: spans of presence become whole minutes of a class. The one rule of rounding stands here.

Spans are clipped to the class's own time, overlaps count once, what is left is added up in seconds, and the sum is
rounded down once, to whole minutes: nobody is given a minute that was not sat.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from foundation.errors import Refused

Span = tuple[datetime, datetime]


class Lasting(Protocol):
    """A class as far as its length goes."""

    @property
    def minutes(self) -> int: ...
    @property
    def core_minutes(self) -> int: ...


TYPED = re.compile(r"(\d{1,2}):(\d{2})\s*(?:-|–|to)\s*(\d{1,2}):(\d{2})")


def clipped(spans: Iterable[Span], starts_at: datetime, ends_at: datetime) -> list[Span]:
    """The parts inside the class, in order, joined where they meet or overlap."""
    inside = sorted((max(a, starts_at), min(b, ends_at)) for a, b in spans)
    joined: list[Span] = []
    for begins, ends in inside:
        if begins >= ends:
            continue
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    return joined


def minutes_within(spans: Iterable[Span], starts_at: datetime, ends_at: datetime) -> int:
    """Whole minutes of the class that the spans cover."""
    there = sum((b - a for a, b in clipped(spans, starts_at, ends_at)), timedelta())
    return int(there.total_seconds()) // 60


def core_share(live_class: Lasting, minutes: int) -> int:
    """Core minutes of partial attendance: in proportion, in whole minutes, rounded down. Nobody is given too much."""
    return live_class.core_minutes * minutes // live_class.minutes


def moments(day: date, clock: time, zone: ZoneInfo) -> list[datetime]:
    """The moments that a wall clock may mean: none in spring's gap, two in autumn's hour, else one. In UTC."""
    found = {datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(m for m in found if m.astimezone(zone).replace(tzinfo=None, fold=0) == datetime.combine(day, clock))


def read_typed(text: str, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> tuple[int, list[Span]]:
    """What an instructor typed for a person: `90`, or times on the class's clock, `18:05-19:10, 19:20-20:30`.

    Answers with minutes and the spans behind them (none for a plain number). Raises Refused.
    """
    words = text.strip()
    if re.fullmatch(r"\d{1,4}", words):
        return int(words), []
    pieces = [piece.strip() for piece in re.split(r"[,;]", words) if piece.strip()]
    found = [TYPED.fullmatch(piece) for piece in pieces]
    if not pieces or not all(found):
        raise Refused("Write whole minutes, such as 90, or times, such as 18:05-19:10.")
    spans = [_on_the_clock([int(n) for n in one.groups()], starts_at, zone) for one in found if one]
    return minutes_within(spans, starts_at, ends_at), spans


def as_typed(spans: Iterable[Span], zone: ZoneInfo) -> str:
    """Spans on the class's clock, as a sheet takes them: `18:05-19:10, 19:20-20:30`."""
    return ", ".join(f"{a.astimezone(zone):%H:%M}-{b.astimezone(zone):%H:%M}" for a, b in spans)


def _on_the_clock(numbers: list[int], starts_at: datetime, zone: ZoneInfo) -> Span:
    """A span near the class. Of several readings (midnight, the hour that comes twice) the one nearest its start."""
    try:
        begins, ends = time(numbers[0], numbers[1]), time(numbers[2], numbers[3])
    except ValueError:
        raise Refused("A day has 24 hours, an hour 60 minutes.") from None
    first = _nearest(begins, starts_at, zone)
    after = [m for m in _around(ends, starts_at, zone) if m > first]
    if not after:
        raise Refused("The second time must come after the first.")
    return first, after[0]


def _around(clock: time, starts_at: datetime, zone: ZoneInfo) -> list[datetime]:
    day = starts_at.astimezone(zone).date()
    return sorted(m for n in (-1, 0, 1) for m in moments(day + timedelta(days=n), clock, zone))


def _nearest(clock: time, starts_at: datetime, zone: ZoneInfo) -> datetime:
    return min(_around(clock, starts_at, zone), key=lambda m: abs(m - starts_at))
