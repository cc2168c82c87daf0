"""Oddities that a reviewer should see, in words. A flag accuses nobody; it says where to look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select, tuple_

from credentials.beside import Beside, beside_lines
from credentials.models import Kind, LedgerEntry
from credentials.patterning import patterns_of
from credentials.profiling import is_reversed
from foundation.db import db
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


def flags_of(entries: Sequence[LedgerEntry], beside: Mapping[int, Beside] | None = None) -> dict[int, list[str]]:
    """By line, what is odd about it, alone and among its fellows; two statements for any number of lines.

    `beside`: what stands beside the lines, where the caller has read it already.
    """
    beside = beside_lines(entry.id for entry in entries) if beside is None else beside
    days, patterns = _days({(entry.user_id, entry.on) for entry in entries}), patterns_of(entries)
    return {
        entry.id: [
            *beside[entry.id].asked_of_a_colleague,
            *_flags(entry, days[entry.user_id, entry.on]),
            *patterns.get(entry.id, []),
            *beside[entry.id].oddities,
        ]
        for entry in entries
    }


def _days(wanted: set[tuple[int, date]]) -> dict[tuple[int, date], list[Neighbour]]:
    found: dict[tuple[int, date], list[Neighbour]] = defaultdict(list)
    if wanted:
        rows = db.session.execute(_neighbours(), {"days": list(wanted)})
        for user_id, on, starts_at, number, kind, minutes, ref, title in rows:
            found[user_id, on].append(Neighbour(number, kind, minutes, ref, title, _moment(starts_at)))
    return found


@cache
def _neighbours() -> Select[*tuple[Any, ...]]:
    day = tuple_(LedgerEntry.user_id, LedgerEntry.on).in_(bindparam("days", expanding=True))
    when = (LedgerEntry.user_id, LedgerEntry.on, LedgerEntry.evidence["starts_at"].astext)
    what = (LedgerEntry.id, LedgerEntry.kind, LedgerEntry.minutes, LedgerEntry.evidence_ref, LedgerEntry.title)
    stands = (LedgerEntry.reverses_id.is_(None), ~is_reversed(LedgerEntry.id))
    apart = ~LedgerEntry.evidence.has_key("until")
    return select(*when, *what).where(day, *stands, apart).order_by(LedgerEntry.id)


def _neighbour(entry: LedgerEntry) -> Neighbour:
    starts_at = _moment(entry.evidence.get("starts_at"))
    return Neighbour(entry.id, entry.kind, entry.minutes, entry.evidence_ref, entry.title, starts_at)


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _flags(entry: LedgerEntry, day: Iterable[Neighbour]) -> list[str]:
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


def _is_twin(entry: LedgerEntry, other: Neighbour) -> bool:
    same = (entry.kind, entry.minutes, entry.evidence_ref) == (other.kind, other.minutes, other.ref)
    return same and entry.kind == Kind.COACHING
