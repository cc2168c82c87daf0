"""Sheets: what an instructor wrote for each person becomes minutes, with the times behind them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from courseware.attendance.timing import Span, read_typed
from courseware.models import LiveClass
from foundation.errors import Refused


@dataclass(slots=True)
class Read:
    """A sheet as it was read: minutes and times by enrollment id, and what can't be understood."""

    minutes: dict[int, int] = field(default_factory=dict)
    times: dict[int, list[Span]] = field(default_factory=dict)
    refusals: list[Refused] = field(default_factory=list)


def class_clock(live_class: LiveClass) -> str:
    """When the class was on its own clock, whose times a sheet takes: `12:00-14:30, New York time`."""
    begins, ends = (t.astimezone(live_class.cohort.zone) for t in (live_class.starts_at, live_class.ends_at))
    return f"{begins:%H:%M}-{ends:%H:%M}, {live_class.cohort.time_zone.split('/')[-1].replace('_', ' ')} time"


def read_sheet(written: Mapping[int, str], absent: Collection[int], live_class: LiveClass) -> Read:
    """Read every line, also after one that is wrong, so that all faults are named at once. Absent wins over minutes."""
    read, zone = Read(), live_class.cohort.zone
    for enrollment_id, words in written.items():
        try:
            minutes, spans = (0, []) if enrollment_id in absent else _line(words, live_class, zone)
        except Refused as refused:
            read.refusals.append(Refused(refused.message, field=f"minutes-{enrollment_id}"))
            continue
        read.minutes[enrollment_id] = minutes
        if spans:
            read.times[enrollment_id] = spans
    return read


def _line(words: str, live_class: LiveClass, zone: ZoneInfo) -> tuple[int, list[Span]]:
    minutes, spans = read_typed(words, live_class.starts_at, live_class.ends_at, zone)
    if minutes > live_class.minutes:
        raise Refused(f"From 0 to {live_class.minutes} minutes.")
    if spans and not minutes:
        raise Refused(
            f"These times lie outside the class, which was {class_clock(live_class)}. For nobody there: absent."
        )
    return minutes, spans
