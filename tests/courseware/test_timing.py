"""What becomes of times: clipped, counted once, rounded once, right on the nights when clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseware.attendance.timing import clipped, minutes_within, moments, read_typed
from courseware.attending import core_share
from foundation.errors import Refused

NEW_YORK = ZoneInfo("America/New_York")
STARTS = datetime(2026, 3, 12, 22, tzinfo=UTC)  # 18:00 in New York
ENDS = STARTS + timedelta(minutes=150)

seconds = st.integers(-3600, 3600 * 4)
spans = st.lists(
    st.tuples(seconds, seconds).map(lambda p: tuple(STARTS + timedelta(seconds=s) for s in p)), max_size=12
)


def seconds_covered(found) -> set[int]:
    """The plain way: each second of the class that lies in any span."""
    return {s for a, b in found for s in range(int((a - STARTS).total_seconds()), int((b - STARTS).total_seconds()))}


@given(spans)
def test_every_second_in_class_counts_once_and_the_sum_is_rounded_down_once(found):
    inside = {second for second in seconds_covered(found) if 0 <= second < 150 * 60}
    assert minutes_within(found, STARTS, ENDS) == len(inside) // 60


@given(spans, st.randoms())
def test_the_order_of_the_spans_never_matters_and_saying_one_twice_adds_nothing(found, random):
    mixed = found + found
    random.shuffle(mixed)
    assert clipped(mixed, STARTS, ENDS) == clipped(found, STARTS, ENDS)


@given(spans, st.integers(0, 150))
def test_core_and_resource_minutes_always_sum_to_the_minutes_attended(found, core):
    live_class = SimpleNamespace(minutes=150, core_minutes=core)
    there = minutes_within(found, STARTS, ENDS)
    shared = core_share(live_class, there)
    assert 0 <= shared <= there
    assert 0 <= there - shared <= 150 - core + (there < 150)


def test_the_seconds_of_several_spans_are_added_before_they_are_rounded():
    half = timedelta(seconds=90)
    found = [(STARTS, STARTS + half), (STARTS + 2 * half, STARTS + 3 * half)]
    assert minutes_within(found, STARTS, ENDS) == 3


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("90", 90),
        ("18:00-20:30", 150),
        ("17:40-21:00", 150),
        ("18:05-19:10, 19:20-20:30", 135),
        ("18:05–19:10; 18:30 to 19:40", 95),
        ("12:00-13:00", 0),
    ],
)
def test_minutes_or_times_can_be_typed(typed, minutes):
    assert read_typed(typed, STARTS, ENDS, NEW_YORK)[0] == minutes


@pytest.mark.parametrize("typed", ["", "many", "-1", "1.5", "18:05-", "25:00-26:00", "18:05-19:70", "18:05,19:10"])
def test_what_is_neither_is_refused(typed):
    with pytest.raises(Refused):
        read_typed(typed, STARTS, ENDS, NEW_YORK)


def test_a_class_over_midnight_is_read_on_the_right_days():
    starts = datetime(2026, 3, 13, 3, tzinfo=UTC)  # 23:00 in New York
    assert read_typed("23:10-00:40", starts, starts + timedelta(hours=2), NEW_YORK)[0] == 90


def test_a_class_over_the_hour_that_is_left_out_has_one_hour_less():
    starts = datetime(2026, 3, 8, 6, tzinfo=UTC)  # 01:00 before the clocks go forward at 02:00
    assert read_typed("01:00-03:30", starts, starts + timedelta(hours=3), NEW_YORK)[0] == 90


def test_a_class_over_the_hour_that_comes_twice_is_read_by_its_own_start():
    starts = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 01:30, the first time
    assert read_typed("01:30-02:00", starts, starts + timedelta(hours=2), NEW_YORK)[0] == 90


def test_a_wall_clock_means_no_moment_in_spring_and_two_in_autumn():
    assert moments(date(2026, 3, 8), time(2, 30), NEW_YORK) == []
    first, second = moments(date(2026, 11, 1), time(1, 30), NEW_YORK)
    assert second - first == timedelta(hours=1)
