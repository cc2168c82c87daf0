"""Reading days as people write them. Where 3/4 may be two days, the whole column decides, or nobody does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from credentials.coaching_log.importing.grids import UNSAVED, text_of
from credentials.coaching_log.importing.headings import plain

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar enero janvier janeiro gennaio",
            "feb february februar febrero fevrier fevereiro febbraio",
            "mar march marz maerz marzo mars marco",
            "apr april abril avril aprile",
            "may mai mayo maio maggio",
            "jun june juni junio juin junho giugno",
            "jul july juli julio juillet julho luglio",
            "aug august agosto aout",
            "sep sept september septiembre septembre setembro settembre",
            "oct october okt oktober octubre octobre outubro ottobre",
            "nov november noviembre novembre novembro",
            "dec december dez dezember diciembre decembre dezembro dicembre",
        ),
        1,
    )
    for name in names.split()
}
SERIALS = range(20_000, 80_000)
THREE = re.compile(r"^(\d{1,2})([/.\-\s])\s?(\d{1,2})[/.\-\s]\s?(\d{4}|\d{2})(?:[ T,].*)?$")
YEAR_FIRST = re.compile(r"^(\d{4})[/.\-\s]?(\d{1,2})[/.\-\s]?(\d{1,2})(?:[ T,].*)?$")

BESIDE = re.compile(r"(?:^|[\sT,])(\d{1,2}[:h]\d{2}(?!\d)|(?<=[\sT,])\d{1,2}\.\d{2}(?![\d.]))")


class Order(StrEnum):
    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    UNKNOWN = "unknown"


class NotADay(Exception):
    """The cell holds no day; the message says why, for the person importing."""


@dataclass(frozen=True, slots=True)
class Days:
    """How the days of one file are read."""

    order: Order
    epoch: datetime

    def read(self, cell: Any) -> date:
        """The day in a cell. Raises NotADay."""
        if cell == UNSAVED:
            raise NotADay("holds a formula without a saved result: open the file in a spreadsheet and save it")
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            return self._serial(float(cell), text_of(cell))
        text = _without_weekday(text_of(cell))
        if not text:
            raise NotADay("is empty")
        return self._text(text)

    def _serial(self, number: float, text: str) -> date:
        if int(number) not in SERIALS:
            raise NotADay(f"“{text}” is no day")
        return (self.epoch + timedelta(days=int(number))).date()

    def _text(self, text: str) -> date:
        if re.fullmatch(r"\d{5}([.,]\d+)?", text):
            return self._serial(float(text.replace(",", ".")), text)
        if found := YEAR_FIRST.match(text):
            return _day(int(found[1]), int(found[2]), int(found[3]), text)
        if found := THREE.match(text):
            return self._three(int(found[1]), int(found[3]), _year(found[4]), found[2], text)
        return _named(text)

    def _three(self, first: int, second: int, year: int, mark: str, text: str) -> date:
        if mark == "." or first > 12 or first == second:
            return _day(year, second, first, text)
        if second > 12:
            return _day(year, first, second, text)
        if self.order == Order.UNKNOWN:
            raise NotADay(
                f"“{text}” may be two days, and no other day in the file says which comes first, day or month; "
                f"write {year}-{second:02d}-{first:02d} or {year}-{first:02d}-{second:02d}"
            )
        day, month = (first, second) if self.order == Order.DAY_FIRST else (second, first)
        return _day(year, month, day, text)


def order_of(cells: Iterable[Any]) -> Order:
    """Whether the file writes day or month first: one day past the twelfth tells. Two that disagree tell nothing."""
    said = set()
    for cell in cells:
        found = THREE.match(_without_weekday(text_of(cell))) if isinstance(cell, str) else None
        if found and found[2] != ".":
            said |= {Order.DAY_FIRST} if int(found[1]) > 12 else set()
            said |= {Order.MONTH_FIRST} if int(found[3]) > 12 else set()
    return said.pop() if len(said) == 1 else Order.UNKNOWN


def read_time(cell: Any) -> time | None:
    """The time of day in a cell; None where there is none, or none that can be read."""
    if isinstance(cell, datetime):
        return cell.time() if cell.time() != time() else None
    if isinstance(cell, time):
        return cell
    found = re.search(r"(?<!\d)(\d{1,2})[:.h](\d{2})(?::\d{2})?\s*([ap])?\.?m?\.?", text_of(cell).lower())
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2])
    if found[3]:
        hour = hour % 12 + (12 if found[3] == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def time_beside_day(cell: Any) -> time | None:
    """The time of day that stands beside a day in one cell. `01.04.2026` holds none: its points part the day."""
    if isinstance(cell, datetime):
        return read_time(cell)
    text = text_of(cell)
    found = BESIDE.search(text)
    return read_time(text[found.start(1) :]) if found else None


def _without_weekday(text: str) -> str:
    if _begins_with_month(text):
        return text
    return re.sub(r"^(?:[^\W\d_]{2,}(?:day|\.|,)\s+(?=\d|[^\W\d_])|[^\W\d_]{2,3}\s+(?=\d))", "", text)


def _begins_with_month(text: str) -> bool:
    words = plain(text).split()
    return bool(words) and words[0] in MONTHS


def _named(text: str) -> date:
    """`5 Jan 2026`, `Jan 5, 2026`, `05-Jan-26`, `5. Januar 2026`, with or without a time behind it."""
    words = re.findall(r"[^\W\d_]+|\d+", re.split(r"\s\d{1,2}:\d{2}|T\d{2}:", text)[0])
    months = [MONTHS[plain(word)] for word in words if plain(word) in MONTHS]
    numbers = [word for word in words if word.isdigit()]
    if len(months) != 1 or len(numbers) != 2:
        raise NotADay(f"“{text[:40]}” is no day")
    day, year = (numbers[1], numbers[0]) if len(numbers[0]) == 4 else (numbers[0], numbers[1])
    if len(year) not in (2, 4) or len(day) > 2:
        raise NotADay(f"“{text[:40]}” is no day")
    return _day(_year(year), months[0], int(day), text)


def _year(text: str) -> int:
    number = int(text)
    return number if len(text) == 4 else number + (2000 if number < 70 else 1900)


def _day(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NotADay(f"“{text[:40]}” is no day of the calendar") from None
