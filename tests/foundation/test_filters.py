"""How moments and money are shown."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from foundation.filters import place, shown_datetime, shown_time
from foundation.money import Money


def test_one_moment_is_told_by_each_zones_own_clock():
    noon = datetime(2026, 3, 1, 17, tzinfo=UTC)
    told = [shown_time(at, zone=zone) for zone in ("America/New_York", "Asia/Tokyo") for at in (noon, noon)]
    assert told == ["12:00 PM EST"] * 2 + ["2:00 AM Tokyo time"] * 2
    assert shown_time(noon.astimezone(ZoneInfo("Asia/Tokyo")), zone="America/New_York") == "12:00 PM EST"


def test_the_hour_that_comes_twice_in_autumn_says_which_it_is():
    first, second = (datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (5, 6))
    said = [shown_datetime(at, zone="America/New_York") for at in (first, second)]
    assert [words[-11:] for words in said] == ["1:30 AM EDT", "1:30 AM EST"]


def test_a_time_zone_is_called_as_people_call_it():
    zones = ("America/New_York", "Asia/Singapore", "America/Argentina/Buenos_Aires", "UTC")
    assert [place(zone) for zone in zones] == ["New York time", "Singapore time", "Buenos Aires time", "UTC"]


def test_prices_of_the_same_figure_in_two_currencies_are_two_prices():
    assert [Money(480000, "USD").shown(), Money(480000, "EUR").shown(), Money(4800, "JPY").shown()] == [
        "$4,800",
        "€4,800",
        "¥4,800",
    ]
