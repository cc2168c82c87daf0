"""Oddities that a reviewer should see, in words. A flag accuses nobody; it says where to look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Date, Select, bindparam, func, select

from credentials.beside import Beside, Rows, beside_lines
from credentials.models import Kind, LedgerEntry
from credentials.patterning import patterns_of
from credentials.profiling import is_reversed
from credentials.queueing import AnyLine
from foundation.asking import rows
from foundation.filters import hours

LONG_SESSION = 180
SHORT_SESSION = 15
LONG_DAY = 480
LATE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another line of the same person and day."""

    id: int
    kind: Kind
    minutes: int
    ref: str
    title: str
    starts_at: datetime | None

    @property
    def ends_at(self) -> datetime | None:
        return self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None


def flags_of(entries: Sequence[AnyLine], beside: Mapping[int, Beside] | None = None) -> dict[int, list[str]]:
    """By line, what is odd about it, alone and among its fellows; two statements for any number of lines.

    `beside`: what stands beside the lines, where the caller has read it already.
    """
    beside = beside_lines(entry.id for entry in entries) if beside is None else beside
    return flags(entries, beside, rows_of_days((entry.user_id, entry.on) for entry in entries))


def flags(entries: Sequence[AnyLine], beside: Mapping[int, Beside], days: Rows) -> dict[int, list[str]]:
    """The same where everything has been read; asks nobody."""
    on_day, patterns = _days(days), patterns_of(entries)
    return {
        entry.id: [
            *beside[entry.id].asked_of_a_colleague,
            *_flags(entry, on_day[entry.user_id, entry.on]),
            *patterns.get(entry.id, []),
            *beside[entry.id].oddities,
        ]
        for entry in entries
    }


def rows_of_days(wanted: Iterable[tuple[int, date]]) -> Rows:
    """Every line that stands of these people on these days, as plain rows."""
    pairs = sorted(set(wanted))
    if not pairs:
        return ()
    people, days = zip(*pairs, strict=True)
    return tuple(map(tuple, rows(_neighbours(), {"people": list(people), "days": list(days)})))


def _days(found: Rows) -> dict[tuple[int, date], list[Neighbour]]:
    made: dict[tuple[int, date], list[Neighbour]] = defaultdict(list)
    for user_id, on, starts_at, number, kind, minutes, ref, title in found:
        made[user_id, on].append(Neighbour(number, kind, minutes, ref, title, _moment(starts_at)))
    return made


@cache
def _neighbours() -> Select[*tuple[Any, ...]]:
    people, days = bindparam("people", type_=ARRAY(BigInteger)), bindparam("days", type_=ARRAY(Date))
    day = func.unnest(people, days).table_valued("person", "day", name="asked").render_derived()
    when = (LedgerEntry.user_id, LedgerEntry.on, LedgerEntry.evidence["starts_at"].astext)
    what = (LedgerEntry.id, LedgerEntry.kind, LedgerEntry.minutes, LedgerEntry.evidence_ref, LedgerEntry.title)
    stands = (LedgerEntry.reverses_id.is_(None), ~is_reversed(LedgerEntry.id))
    apart = ~LedgerEntry.evidence.has_key("until")
    theirs = (LedgerEntry.user_id == day.c.person) & (LedgerEntry.on == day.c.day)
    return select(*when, *what).join(day, theirs).where(*stands, apart).order_by(LedgerEntry.id)


def _neighbour(entry: AnyLine) -> Neighbour:
    starts_at = _moment(entry.evidence.get("starts_at"))
    return Neighbour(entry.id, entry.kind, entry.minutes, entry.evidence_ref, entry.title, starts_at)


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _flags(entry: AnyLine, day: Iterable[Neighbour]) -> list[str]:
    same_day = list(day)
    others = [one for one in same_day if one.id != entry.id]
    found = []
    if entry.evidence.get("until"):
        return [f"a run of sessions until {entry.evidence['until']}: only their sum is known"]
    if entry.kind == Kind.COACHING and entry.minutes > LONG_SESSION:
        found.append(f"very long: {hours(entry.minutes)}")
    if entry.kind == Kind.COACHING and entry.minutes < SHORT_SESSION:
        found.append(f"very short: {hours(entry.minutes)}")
    found += [f"overlaps with {one.title}" for one in others if _overlap(_neighbour(entry), one)]
    if any(_is_twin(entry, one) for one in others):
        found.append("same client, day and length as another line")
    coached = sum(one.minutes for one in same_day if one.kind == Kind.COACHING)
    if entry.kind == Kind.COACHING and coached > LONG_DAY:
        found.append(f"{hours(coached)} of coaching on one day")
    if entry.kind == Kind.COACHING and entry.recorded_at.date() - entry.on > LATE:
        found.append("logged more than 90 days later")
    return found


def _overlap(one: Neighbour, other: Neighbour) -> bool:
    if not (one.starts_at and one.ends_at and other.starts_at and other.ends_at):
        return False
    if (one.starts_at.tzinfo is None) != (other.starts_at.tzinfo is None):
        return False
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _is_twin(entry: AnyLine, other: Neighbour) -> bool:
    same = (entry.kind, entry.minutes, entry.evidence_ref) == (other.kind, other.minutes, other.ref)
    return same and entry.kind == Kind.COACHING
