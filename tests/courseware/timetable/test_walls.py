"""A pattern's hours on the wall stay what they are, over the edges of summer time and over holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from courseware.timetable.patterns import Pattern, slots
from foundation.errors import Refused
from foundation.wall import is_missing, is_twice, moment, on_wall
from tests.courseware.timetable.conftest import NEW_YORK, tuesdays

ZONES = ["America/New_York", "Europe/Lisbon", "Asia/Singapore", "Australia/Lord_Howe", "America/St_Johns"]


def walls(pattern, zone):
    return [on_wall(slot.at, zone) for slot in slots(pattern, zone)]


def test_over_the_edges_of_summer_time_the_hour_on_the_wall_stays_and_the_page_says_so():
    found = slots(tuesdays(date(2027, 3, 1), date(2027, 3, 31)), "America/New_York")
    assert {one.at.astimezone(NEW_YORK).time() for one in found} == {time(18, 30)}
    assert [one.offset for one in found] == ["UTC\u221205:00"] * 2 + ["UTC\u221204:00"] * 3
    assert [one.note for one in found] == ["", "", "The clocks have changed since the class before.", "", ""]
    assert found[1].at.hour == 23 and found[2].at.hour == 22, "an hour earlier for whoever reads UTC"


def test_an_hour_that_the_clocks_jump_over_begins_after_the_jump():
    pattern = Pattern(frozenset({6}), time(2, 30), date(2027, 3, 14), date(2027, 3, 14))
    (one,) = slots(pattern, "America/New_York")
    assert on_wall(one.at, "America/New_York") == datetime(2027, 3, 14, 3, 30)
    assert one.note == "The clocks jump over 02:30, so it begins at 03:30."


def test_an_hour_that_is_there_twice_is_the_first_of_them():
    pattern = Pattern(frozenset({6}), time(1, 30), date(2026, 11, 1), date(2026, 11, 1))
    (one,) = slots(pattern, "America/New_York")
    assert one.at == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert one.note.startswith("01:30 is there twice")


def test_a_pattern_keeps_its_weeks_and_leaves_holidays_out():
    first, last = date(2027, 1, 5), date(2027, 2, 28)
    every = walls(tuesdays(first, last), "Europe/Lisbon")
    assert len(every) == 8
    assert walls(tuesdays(first, last, every_weeks=2), "Europe/Lisbon") == every[::2]
    assert every[2] not in walls(tuesdays(first, last, without=frozenset({every[2].date()})), "Europe/Lisbon")


@given(
    zone=st.sampled_from(ZONES),
    first=st.dates(date(2025, 1, 1), date(2028, 1, 1)),
    length=st.integers(6, 200),
    begins=st.times(),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
)
def test_whatever_the_pattern_each_class_is_on_its_day_at_its_hour_unless_it_says_otherwise(
    zone, first, length, begins, weekdays
):
    hour = begins.replace(second=0, microsecond=0)
    pattern = Pattern(weekdays, hour, first, first + timedelta(days=length))
    try:
        found = slots(pattern, zone)
    except Refused:
        return
    assert [one.at for one in found] == sorted({one.at for one in found})
    for one in found:
        there = on_wall(one.at, zone)
        assert there.weekday() in weekdays
        assert there.time() == hour or one.note.startswith("The clocks jump")


@given(zone=st.sampled_from(ZONES), naive=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
def test_a_wall_and_its_moment_agree_but_for_the_hours_that_are_not(zone, naive):
    assert is_missing(naive, zone) or on_wall(moment(naive, zone), zone) == naive
    assert not (is_missing(naive, zone) and is_twice(naive, zone))
