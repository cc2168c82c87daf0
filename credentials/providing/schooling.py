"""The whole school's hours by kind: all that stands, what is verified of it, and what waits."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select

from credentials.models import Kind, LedgerEntry, LedgerReview, ReviewState
from credentials.summing import WAITING, summed
from foundation.asking import rows
from foundation.db import written


@dataclass(frozen=True, slots=True)
class KindSum:
    """Whole minutes of one kind. What was returned counts nowhere."""

    kind: Kind
    verified: int
    waiting: int

    @property
    def both(self) -> int:
        return self.verified + self.waiting


def school_by_kind() -> list[KindSum]:
    """Each kind of which there is anything, in the order of the kinds; one statement."""
    found: dict[Kind, dict[ReviewState, int]] = defaultdict(lambda: defaultdict(int))
    for kind, state, minutes in rows(_by_kind()):
        found[kind][state or ReviewState.CHECKED] += minutes
    return [_sum(kind, found[kind]) for kind in Kind if kind in found]


def _sum(kind: Kind, minutes: dict[ReviewState, int]) -> KindSum:
    return KindSum(kind, minutes[ReviewState.CHECKED], sum(minutes[state] for state in WAITING))


@cache
def _by_kind() -> Select[*tuple[Any, ...]]:
    """The few lines that are not verified fit into a small table of keys; every line is read once, and looked up there.

    Several workers do so at once. Looking up the few in the ledger instead would read most of its pages again.
    """
    query = select(LedgerReview.entry_id, LedgerReview.state)
    waits = query.where(LedgerReview.state != written(ReviewState.CHECKED)).subquery()
    cut = (LedgerEntry.kind, waits.c.state)
    stands_for = waits.c.entry_id == func.coalesce(LedgerEntry.reverses_id, LedgerEntry.id)
    query = select(*cut, summed(LedgerEntry.minutes)).join_from(LedgerEntry, waits, stands_for, isouter=True)
    return query.group_by(*cut)
