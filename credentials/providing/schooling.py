"""The whole school's hours by kind: all that stands, what is verified of it, and what waits."""

from __future__ import annotations

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
    found = {kind: KindSum(kind, verified or 0, waiting or 0) for kind, verified, waiting in rows(_by_kind())}
    return [found[kind] for kind in Kind if kind in found]


@cache
def _by_kind() -> Select[*tuple[Any, ...]]:
    """The few lines that are not verified fit into a small table of keys; every line is read once, and looked up there.

    Several workers do so at once. Looking up the few in the ledger instead would read most of its pages again.
    """
    counts = LedgerReview.state.in_([written(one) for one in sorted(WAITING)]).label("counts")
    open_ = LedgerReview.state != written(ReviewState.CHECKED)
    others = select(LedgerReview.entry_id, counts).where(open_).subquery()
    stands_for = others.c.entry_id == func.coalesce(LedgerEntry.reverses_id, LedgerEntry.id)
    minutes = summed(LedgerEntry.minutes)  # no state beside it: verified; one that does not count: returned
    parts = (minutes.filter(others.c.counts.is_(None)), minutes.filter(others.c.counts))
    query = select(LedgerEntry.kind, *parts).join_from(LedgerEntry, others, stands_for, isouter=True)
    return query.group_by(LedgerEntry.kind)
