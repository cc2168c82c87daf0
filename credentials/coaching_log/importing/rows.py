"""One row of a log, understood: who, when, how long, paid or not; or the reason why it can't be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from credentials.coaching_log.importing.answers import charged, consent_in, format_in, payment_in
from credentials.coaching_log.importing.days import Days, NotADay, read_time, time_beside_day
from credentials.coaching_log.importing.grids import UNSAVED, Line, text_of
from credentials.coaching_log.importing.headings import Heading, Shape
from credentials.coaching_log.importing.lengths import NotALength, Unit, read_minutes
from credentials.models import Consent, Format, Payment

SITTING, DAY = 720, 24 * 60
DAILY = 16 * 60
NAME, CONTACT, NOTES, CROWD = 120, 200, 4000, 500


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is not imported. `row` is the number a spreadsheet shows, `column` the title in the file."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that can be imported. `parts` are whole minutes and how they were paid; `until` only for a run."""

    row: int
    name: str
    contact: str
    format: Format
    people: int
    on: date
    until: date | None
    parts: tuple[tuple[int, Payment], ...]
    starts: time | None = None
    consent: Consent = Consent.GIVEN
    notes: str = ""


@dataclass
class Reader:
    """Reads the rows under one heading. What is wrong with the row at hand gathers in `wrong`."""

    heading: Heading
    days: Days
    units: dict[str, Unit | None]
    commas: dict[str, bool]
    today: date
    wrong: list[tuple[str, str]] = field(default_factory=list)

    def read(self, line: Line) -> Entry | Problem:
        self.wrong = []
        on, until = self._days(line)
        size = self._people(line)
        entry = Entry(
            row=line.number,
            name=self._name(line),
            contact=self._text(line, "contact", CONTACT),
            format=Format.GROUP if size > 1 else Format.INDIVIDUAL,
            people=size,
            on=on,
            until=until,
            parts=self._parts(line, on, until),
            starts=read_time(self._cell(line, "time")) or self._time_in_day(line),
            consent=consent_in(text_of(self._cell(line, "consent"))),
            notes=self._text(line, "notes", NOTES),
        )
        return self._problem(line) if self.wrong else entry

    def _problem(self, line: Line) -> Problem:
        (column, reason), *more = self.wrong
        return Problem(line.number, column, "; ".join([reason, *(f"{title}: {why}" for title, why in more)]))

    def _cell(self, line: Line, name: str) -> Any:
        return line.at(self.heading.columns.get(name))

    def _refuse(self, name: str, reason: str) -> None:
        self.wrong.append((self.heading.title(name), reason))

    def _text(self, line: Line, name: str, most: int) -> str:
        cell = self._cell(line, name)
        text = "" if cell in (None, UNSAVED) else "".join(c for c in str(cell) if c.isprintable() or c == "\n").strip()
        if len(text) > most:
            self._refuse(name, f"is longer than {most:,} signs")
        return text

    def _name(self, line: Line) -> str:
        parts = [text_of(self._text(line, name, NAME)) for name in ("client", "first_name", "last_name")]
        name = parts[0] or " ".join(part for part in parts[1:] if part)
        if not name:
            self._refuse("client", "is empty: each row needs its client")
        return unquoted(name)

    def _days(self, line: Line) -> tuple[date, date | None]:
        if self.heading.shape == Shape.SESSIONS:
            return self._day(line, "date"), None
        start, end = self._day(line, "start"), self._day(line, "end")
        if end < start and not self.wrong:
            self._refuse("end", f"{end} lies before the start, {start}")
        return start, end

    def _day(self, line: Line, name: str) -> date:
        try:
            day = self.days.read(self._cell(line, name))
        except NotADay as wrong:
            self._refuse(name, str(wrong))
            return self.today
        if day > self.today:
            self._refuse(name, f"{day} has not come yet")
        elif day.year < 1990:
            self._refuse(name, f"{day}: look at the year again")
        return day

    def _people(self, line: Line) -> int:
        """1 for one person; the head count for a group. A number above one says that it is a group."""
        said = text_of(self._cell(line, "format"))
        told, counted = text_of(self._cell(line, "people")), format_in(said)
        number = re.search(r"\d+(?:[.,]0+)?$", told) or (re.search(r"\d+", said) if counted == Format.GROUP else None)
        size = int(re.split("[.,]", number[0])[0]) if number else None
        if told and size is None and plainly_none(told) is False:
            self._refuse("people", f"“{told[:40]}” is no number of people")
        elif said and counted is None:
            self._refuse("format", f"“{said[:40]}” says neither individual nor group")
        elif counted == Format.GROUP and (size is None or size < 2):
            self._refuse(
                "people" if "people" in self.heading.columns else "format", "a group needs its number of people"
            )
        elif counted == Format.INDIVIDUAL and size and size > 1:
            self._refuse("people", f"{size} people, but the row says individual")
        elif size and size > CROWD:
            self._refuse("people", f"{size} people are no group")
        return max(size or 1, 1)

    def _parts(self, line: Line, on: date, until: date | None) -> tuple[tuple[int, Payment], ...]:
        told = self._told(line)
        total, columns = sum(minutes for minutes, _ in told), self.heading.columns
        main = next(
            (name for name in ("minutes", "hours", "duration", "ended_at", "paid", "pro_bono") if name in columns),
            "hours",
        )
        if not total:
            if not any(title == self.heading.title(name) for title, _ in self.wrong for name in self.units):
                self._refuse(main, "holds no time: each row needs more than 0")
        elif until is None and total > SITTING:
            self._refuse(main, "is longer than 12 hours, which no session is")
        elif until is not None and total > DAILY * ((until - on).days + 1):
            self._refuse(main, "is more than 16 hours on every day between start and end")
        return tuple(part for part in told if part[0])

    def _told(self, line: Line) -> list[tuple[int, Payment]]:
        minutes = None if self.heading.shape == Shape.ICF else self._length(line)
        if minutes is None:
            both = (("paid", Payment.PAID), ("pro_bono", Payment.PRO_BONO))
            return [(self._minutes(line, name), payment) for name, payment in both]
        said = text_of(self._cell(line, "payment"))
        payment = (
            payment_in(said, self.heading.title("payment"))
            or self._ticked(line)
            or charged(text_of(self._cell(line, "fee")))
        )
        if payment is None:
            reason = f"“{said[:40]}” says neither paid nor pro bono" if said else "says neither paid nor pro bono"
            self._refuse("payment", reason)
        return [(minutes, payment or Payment.PRO_BONO)]

    def _length(self, line: Line) -> int | None:
        """What the columns of a session's length say; None where they say nothing."""
        told = [name for name in ("minutes", "hours", "duration") if text_of(self._cell(line, name))]
        if {"minutes", "hours"} <= set(told):
            return self._together(self._minutes(line, "hours"), self._minutes(line, "minutes"))
        if told:
            return self._minutes(line, told[0])
        began, ended = read_time(self._cell(line, "time")), read_time(self._cell(line, "ended_at"))
        if began is None or ended is None:
            return None
        return ((ended.hour - began.hour) * 60 + ended.minute - began.minute) % DAY

    def _together(self, whole: int, rest: int) -> int:
        """`1` and `30` are an hour and a half; `1.5` and `90` are the same told twice."""
        if abs(whole - rest) <= 1:
            return rest
        if whole and rest and (whole % 60 or rest >= 60):
            self._refuse("minutes", f"{rest} minutes and {whole / 60:g} hours are two lengths: leave one of them open")
        return whole + rest

    def _ticked(self, line: Line) -> Payment | None:
        """Beside a length, `Paid` and `Pro bono` may be columns to tick."""
        ticked = [
            payment
            for name, payment in (("paid", Payment.PAID), ("pro_bono", Payment.PRO_BONO))
            if text_of(self._cell(line, name)).lower() not in {"", "0", "0.0", "no", "n", "false", "-"}
        ]
        return ticked[0] if len(ticked) == 1 else None

    def _minutes(self, line: Line, name: str) -> int:
        try:
            comma = self.commas.get(name, False)
            return read_minutes(self._cell(line, name), self.units.get(name, Unit.HOURS), comma_is_decimal=comma)
        except NotALength as wrong:
            self._refuse(name, str(wrong))
            return 0

    def _time_in_day(self, line: Line) -> time | None:
        return time_beside_day(self._cell(line, "date")) if self.heading.shape == Shape.SESSIONS else None


def plainly_none(text: str) -> bool:
    return text.lower() in {"", "-", "–", "—", "n/a", "na", "none"}


def unquoted(name: str) -> str:
    """Without the mark that our own export, or any careful one, sets before a sign that begins a formula."""
    return name[1:] if name[:1] == "'" and name[1:2] in {"=", "+", "-", "@"} else name
