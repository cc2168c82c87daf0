"""How values are shown: hours, money, dates in the reader's own zone. Templates use nothing else."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask import Flask, current_app
from flask_login import current_user

from foundation.money import Money

LOCALE = "en_US"


def reader_zone() -> ZoneInfo:
    """The reader's own time zone; the school's for a visitor."""
    name = getattr(current_user, "time_zone", None) if current_user else None
    return ZoneInfo(name or current_app.config["SETTINGS"].time_zone)


def hours(minutes: int) -> str:
    """Minutes as people say them: `45 min`, `2 h`, `1 h 30 min`."""
    sign, whole = ("-" if minutes < 0 else ""), abs(minutes)
    h, m = divmod(whole, 60)
    parts = [f"{h:,} h"] if h else []
    if m or not h:
        parts.append(f"{m} min")
    return sign + " ".join(parts)


def decimal_hours(minutes: int) -> str:
    """Minutes as hours with at most two decimals, rounded down, so that a page never shows more than there is."""
    hundredths = abs(minutes) * 100 // 60
    text = f"{hundredths // 100:,}.{hundredths % 100:02d}".rstrip("0").rstrip(".")
    return f"-{text}" if minutes < 0 else text


def shown_date(value: date | datetime, style: str = "long", zone: str | None = None) -> str:
    """A day. A moment is first taken to the reader's zone, or to the one named."""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(zone) if zone else reader_zone()).date()
    return _day_in_words(value, style)


@lru_cache(2000)
def _day_in_words(day: date, style: str) -> str:
    """Babel reads its pattern anew each time; a page shows the same few days again and again."""
    return format_date(day, format=style, locale=LOCALE)


def shown_datetime(value: datetime, zone: str | None = None) -> str:
    """A moment with its zone's name, so that nobody has to guess."""
    return _moment_in_words(value.astimezone(ZoneInfo(zone) if zone else reader_zone()), "EEE, MMM d, y, h:mm a z")


def shown_time(value: datetime, zone: str | None = None) -> str:
    return _moment_in_words(value.astimezone(ZoneInfo(zone) if zone else reader_zone()), "h:mm a z")


def _moment_in_words(value: datetime, pattern: str) -> str:
    zone = value.tzinfo
    assert isinstance(zone, ZoneInfo)
    return _clock_in_words(value.replace(tzinfo=None, fold=0), value.fold, zone, pattern)


@lru_cache(2000)
def _clock_in_words(naive: datetime, fold: int, zone: ZoneInfo, pattern: str) -> str:
    """Two moments are equal in whatever zone they are told; what is shown is the clock on the wall there."""
    told = format_datetime(naive.replace(tzinfo=zone, fold=fold), pattern, tzinfo=zone, locale=LOCALE)
    return _with_place(told, zone)


def _with_place(text: str, tz: ZoneInfo) -> str:
    """A zone without a short name (`+0000`) is called after its city: `6:00 PM Dublin time`."""
    return re.sub(r"[+-]\d{4}$", place(tz.key), text)


def place(zone: str) -> str:
    """A time zone as people say it: `New York time`."""
    return zone if zone == "UTC" else zone.split("/")[-1].replace("_", " ") + " time"


def money(value: Money) -> str:
    return value.shown()


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 seat`, `2 seats`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def iso(value: date | datetime) -> str:
    return value.isoformat()


def absolute(path: str) -> str:
    """A path of ours with the address that people see before it; never what a request calls its host."""
    ours = urlsplit(current_app.config["SETTINGS"].base_url)
    return f"{ours.scheme}://{ours.netloc}{path}"


FILTERS: dict[str, Any] = {
    "hours": hours,
    "decimal_hours": decimal_hours,
    "date": shown_date,
    "datetime": shown_datetime,
    "time": shown_time,
    "place": place,
    "money": money,
    "count": count,
    "iso": iso,
    "absolute": absolute,
}


def init_filters(app: Flask) -> None:
    app.jinja_env.filters.update(FILTERS)
