"""An import before it is confirmed, row by row: what each would write, or why it would not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from credentials.coaching_log.importing.planning import Plan
from credentials.coaching_log.importing.rows import Entry
from credentials.wording import PAYMENTS
from foundation.filters import hours

MOST = 400


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the file. `says` is what would be written, or what stands in the way."""

    number: int
    word: str
    tone: str
    name: str
    on: date | None
    until: date | None
    says: str

    def told(self) -> list[Any]:
        """As JSON has it."""
        days = [one.isoformat() if one else None for one in (self.on, self.until)]
        return [self.number, self.word, self.tone, self.name, *days, self.says]

    @classmethod
    def from_told(cls, number: int, word: str, tone: str, name: str, *more: Any) -> Shown:
        on, until, says = more
        days = [date.fromisoformat(one) if one else None for one in (on, until)]
        return cls(number, word, tone, name, days[0], days[1], says)


def shown_rows(plan: Plan) -> list[Shown]:
    """What needs a look comes first: problems, rows told twice, what is new, what stands already; at most 400 rows."""
    wrong = [Shown(one.row, "Left out", "bad", "", None, None, f"{one.column}: {one.reason}") for one in plan.problems]
    new = [_entry(entry, "New", "good") for entry in plan.new]
    known = [_known(entry, is_twice=entry.row in plan.twice) for entry in plan.duplicates]
    twice = [one for one in known if one.word != "There already"]
    return [*wrong, *twice, *new, *(one for one in known if one not in twice)][:MOST]


def _known(entry: Entry, *, is_twice: bool) -> Shown:
    """Of two rows that say the same one is taken, since nobody can tell that they were two sessions."""
    if not is_twice:
        return _entry(entry, "There already", "quiet")
    more = "" if entry.starts else "; if they were two sessions, give each its time of day"
    return _entry(entry, "Twice in this file", "quiet", more)


def _entry(entry: Entry, word: str, tone: str, more: str = "") -> Shown:
    parts = ", ".join(f"{hours(minutes)} {PAYMENTS[payment].lower()}" for minutes, payment in entry.parts)
    says = f"{parts}, group of {entry.people}" if entry.people > 1 else parts
    return Shown(entry.row, word, tone, entry.name, entry.on, entry.until, says + more)
