"""What both need."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine

from courseware.timetable.patterns import Pattern

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture(autouse=True)
def before_spring() -> Iterator[None]:
    """The classes of these tests lie in March 2027, when the clocks change; they are still to come."""
    with time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC)):
        yield


def tuesdays(first, last, begins=time(18, 30), **other):
    return Pattern(frozenset({1}), begins, first, last, **other)
