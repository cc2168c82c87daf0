"""Hours on a wall: a day and an hour in a zone, turned into a moment, over the edges of summer time too."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def moment(naive: datetime, zone: str) -> datetime:
    """In UTC. An hour that there isn't is read as the clocks jump (2:30 is then 3:30); of two, the first one."""
    return naive.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def on_wall(at: datetime, zone: str) -> datetime:
    """What the clock on the wall of a zone shows at a moment, without its zone."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def is_missing(naive: datetime, zone: str) -> bool:
    """Whether the clocks jump over this hour, so that it never is."""
    return on_wall(moment(naive, zone), zone) != naive.replace(fold=0)


def is_twice(naive: datetime, zone: str) -> bool:
    """Whether the clocks are set back, so that this hour is there twice."""
    there = ZoneInfo(zone)
    first, second = (naive.replace(tzinfo=there, fold=fold).utcoffset() for fold in (0, 1))
    return first != second and not is_missing(naive, zone)
