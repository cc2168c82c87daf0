"""The demo school's classes fall on the days that its cohorts name."""

from datetime import date, timedelta

import pytest

from demo.calendars import SATURDAY, first_weekday, near, settled, weekday_in

MEETS = "Tuesdays 18:00 to 20:30, with two full Saturdays at the start and one at the end"


def test_a_rhythm_names_its_weekday_and_the_day_it_begins_on():
    assert (weekday_in(MEETS), first_weekday(MEETS)) == (1, SATURDAY)
    assert (weekday_in("every second Thursday"), first_weekday("Mondays 18:30 to 20:30")) == (3, 0)


@pytest.mark.parametrize("made", [date(2026, 11, 23) + timedelta(days=n) for n in range(7)])
def test_whatever_day_the_school_is_made_its_classes_keep_their_weekday_their_order_and_what_is_past(made):
    spread = [made + timedelta(days=n * 209 // 33 - 105) for n in range(34)]
    weekdays = [SATURDAY, SATURDAY, *[1] * 31, SATURDAY]
    found = settled(spread, weekdays, lambda day: day < made)
    assert found == sorted(set(found))
    assert [day < made for day in found] == [day < made for day in spread]
    assert sum(day.weekday() == weekday for day, weekday in zip(found, weekdays, strict=True)) >= 28
    assert [found[n].weekday() for n in (0, 1, -1)] == [SATURDAY] * 3
    assert near(made, SATURDAY).weekday() == SATURDAY
