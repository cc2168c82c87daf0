"""What both need."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

from courseware.timetable.patterns import Pattern

NEW_YORK = ZoneInfo("America/New_York")


def tuesdays(first, last, begins=time(18, 30), **other):
    return Pattern(frozenset({1}), begins, first, last, **other)
