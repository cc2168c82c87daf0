"""Patterns: a weekly rhythm laid over days, hour by hour on the wall. Pure: nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from foundation.errors import Refused
from foundation.wall import is_missing, is_twice, moment, on_wall

MOST = 200
JUMPED = "The clocks jump over {was:%H:%M}, so it begins at {now:%H:%M}."
TWICE = "{was:%H:%M} is there twice on this day; it begins at the first."
CHANGED = "The clocks have changed since the class before."


@dataclass(frozen=True, slots=True)
class Pattern:
    """On these weekdays (0 is Monday) at this hour of the wall, every so many weeks, but not on days `without`."""

    weekdays: frozenset[int]
    begins: time
    first: date
    last: date
    every_weeks: int = 1
    without: frozenset[date] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Slot:
    """One class of a pattern: its moment in UTC, how far the wall is from UTC, and what the clocks do there."""

    at: datetime
    offset: str
    note: str


def slots(pattern: Pattern, zone: str) -> list[Slot]:
    """Every class of a pattern, earliest first. Raises Refused beside the field."""
    if not pattern.weekdays:
        raise Refused("Choose at least one day of the week.", "weekdays")
    if pattern.last < pattern.first:
        raise Refused("The last day can't be before the first.", "last")
    if not 1 <= pattern.every_weeks <= 12:
        raise Refused("Every week, or up to every twelfth.", "every_weeks")
    found = [_slot(datetime.combine(day, pattern.begins), zone) for day in _days(pattern)]
    if not found:
        raise Refused("No day fits: look at the weekdays, and at the first and the last day.", "weekdays")
    if len(found) > MOST:
        raise Refused(f"These are {len(found)} classes; at most {MOST} at once.", "last")
    return _marked(found)


def _days(pattern: Pattern) -> Iterable[date]:
    """Weeks are counted from the week of the first day."""
    monday = pattern.first - timedelta(days=pattern.first.weekday())
    for number in range((pattern.last - pattern.first).days + 1):
        day = pattern.first + timedelta(days=number)
        is_week = (day - monday).days // 7 % pattern.every_weeks == 0
        if is_week and day.weekday() in pattern.weekdays and day not in pattern.without:
            yield day


def _slot(naive: datetime, zone: str) -> Slot:
    at, note = moment(naive, zone), ""
    if is_missing(naive, zone):
        note = JUMPED.format(was=naive, now=on_wall(at, zone))
    elif is_twice(naive, zone):
        note = TWICE.format(was=naive)
    return Slot(at, offset_at(at, zone), note)


def offset_at(at: datetime, zone: str) -> str:
    """How far a wall is from UTC: `UTC-05:00`."""
    told = f"{at.astimezone(ZoneInfo(zone)):%z}"
    return f"UTC{told[:3]}:{told[3:5]}".replace("-", "\u2212")


def _marked(found: list[Slot]) -> list[Slot]:
    """A class before which the clocks changed says so, where it says nothing else."""
    before = [found[0], *found]
    changed = [one.offset != was.offset and not one.note for one, was in zip(found, before, strict=False)]
    return [Slot(one.at, one.offset, CHANGED) if is_so else one for one, is_so in zip(found, changed, strict=True)]
