"""Reading lengths of time: hours with a point or a comma, `1:30`, `90 min`, `1 h 30`, a spreadsheet's own time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from credentials.coaching_log.importing.grids import UNSAVED, text_of

NUMBER = re.compile(r"[+-]?\d[\d.,' ]*")
CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)(?::[0-5]\d)?")
WORDED = re.compile(
    r"(?:(?P<h>[\d.,]+)\s*(?:hours|hour|hrs|hr|h|std|stunden|stunde|uur|horas|heures)\.?)?\s*(?:and|und|,)?\s*"
    r"(?:(?P<m>[\d.,]+)\s*(?:minutes|minute|mins|min|m|minuten|'|′)?\.?)?"
)


class Unit(StrEnum):
    HOURS = "hours"
    MINUTES = "minutes"


class NotALength(Exception):
    """The cell holds no length of time; the message says why."""


def read_minutes(cell: Any, unit: Unit | None, *, comma_is_decimal: bool = False) -> int:
    """Whole minutes; an empty cell is 0. `unit` is what a bare number counts. Raises NotALength.

    A part of a minute is rounded to the nearest: 0.33 h are 20 minutes, as the coach meant.
    """
    if cell == UNSAVED:
        raise NotALength("holds a formula without a saved result: open the file in a spreadsheet and save it")
    if isinstance(cell, timedelta):
        return round(cell.total_seconds() / 60)
    if isinstance(cell, datetime):
        raise NotALength(f"“{text_of(cell)}” is a day, not a length of time")
    if isinstance(cell, time):
        return cell.hour * 60 + cell.minute
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _counted(Decimal(str(cell)), unit, text_of(cell))
    text = text_of(cell).lower()
    if text in {"", "-", "–", "—", "n/a", "na", "none", "nil"}:
        return 0
    return _text(text, unit, comma_is_decimal)


def _text(text: str, unit: Unit | None, comma_is_decimal: bool) -> int:
    if found := CLOCK.fullmatch(text):
        return int(found[1]) * 60 + int(found[2])
    if NUMBER.fullmatch(text):
        return _counted(number(text, comma_is_decimal=comma_is_decimal), unit, text)
    if (found := WORDED.fullmatch(text)) and (found["h"] or found["m"]):
        hours = number(found["h"] or "0", comma_is_decimal=comma_is_decimal)
        return _whole(hours * 60 + number(found["m"] or "0", comma_is_decimal=comma_is_decimal))
    raise NotALength(f"“{text[:40]}” is no length of time")


def number(text: str, *, comma_is_decimal: bool = False) -> Decimal:
    """A number as any country writes it: 1.5, 1,5, 1.234,5, 1,234.5, 1 234,5. Raises NotALength."""
    bare = text.replace(" ", "").replace("'", "")
    point, comma = bare.rfind("."), bare.rfind(",")
    if point >= 0 and comma >= 0:
        bare = bare.replace(",", "") if point > comma else bare.replace(".", "").replace(",", ".")
    elif comma >= 0:
        grouped = re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+", bare) and not comma_is_decimal
        bare = bare.replace(",", "") if grouped else bare.replace(",", ".")
    try:
        return Decimal(bare)
    except ArithmeticError:
        raise NotALength(f"“{text[:40]}” is no number") from None


def writes_decimal_commas(cells: Iterable[Any]) -> bool:
    """Whether a column's numbers have a comma where others have a point: `1,5` says so, `1,250` alone does not."""
    return any(isinstance(cell, str) and re.fullmatch(r"\s*-?\d+,\d{1,2}\s*", cell) for cell in cells)


def unit_of(cells: Iterable[Any]) -> Unit | None:
    """What the bare numbers under `Duration` count: nobody coaches 25 hours, nor 4 minutes. None: unclear."""
    bare = []
    for cell in cells:
        text = text_of(cell)
        if not isinstance(cell, (time, timedelta, datetime)) and NUMBER.fullmatch(text):
            bare.append(number(text))
    if not bare:
        return None
    if all(one <= 12 for one in bare):
        return Unit.HOURS
    return Unit.MINUTES if all(one >= 13 or one == 0 for one in bare) else None


def _counted(value: Decimal, unit: Unit | None, text: str) -> int:
    if value < 0:
        raise NotALength(f"“{text[:40]}” is less than nothing")
    if value > 100_000:
        raise NotALength(f"“{text[:40]}” is too much")
    if unit is None and value:
        raise NotALength(f"“{text[:40]}” may be hours or minutes; write {text[:40]} h or {text[:40]} min")
    return _whole(value * 60 if unit == Unit.HOURS else value)


def _whole(minutes: Decimal) -> int:
    return int(minutes.quantize(Decimal(1), ROUND_HALF_UP))
