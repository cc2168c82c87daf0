"""The whole school's hours by kind: all that stands, what is verified of it, and what waits."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, CompoundSelect, cast, func, null, select, true, union_all

from credentials.models import Kind, LedgerEntry, LedgerReview, ReviewState
from credentials.summing import WAITING
from foundation.db import db


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
    """Each kind of which there is anything, in the order of the kinds; one statement.

    It adds up every line once, and takes from that the few that are not verified.
    """
    every: dict[Kind, int] = {}
    unsettled: dict[Kind, dict[ReviewState, int]] = defaultdict(lambda: defaultdict(int))
    for row in db.session.execute(_by_kind()):
        if row.state is None:
            every[row.kind] = int(row.minutes)
        else:
            unsettled[row.kind][row.state] += int(row.minutes)
    return [_sum(kind, every[kind], unsettled[kind]) for kind in Kind if kind in every]


def _sum(kind: Kind, every: int, unsettled: dict[ReviewState, int]) -> KindSum:
    waiting = sum(unsettled[state] for state in WAITING)
    return KindSum(kind, every - sum(unsettled.values()), waiting)


@cache
def _by_kind() -> CompoundSelect[Any]:
    """Adding up every line may use several workers, so it stands by itself; what is not verified is looked up."""
    minutes = cast(func.sum(LedgerEntry.minutes), BigInteger).label("minutes")
    every = select(LedgerEntry.kind, minutes).group_by(LedgerEntry.kind).cte("every").prefix_with("MATERIALIZED")
    waits = LedgerReview.state != ReviewState.CHECKED
    one = select(LedgerEntry.kind, LedgerEntry.minutes).where(LedgerEntry.id == LedgerReview.entry_id)
    line = one.correlate(LedgerReview).offset(0).lateral("line")
    back = select(LedgerEntry.kind, LedgerReview.state, minutes)
    return union_all(
        select(every.c.kind, null().label("state"), every.c.minutes),
        select(line.c.kind, LedgerReview.state, cast(func.sum(line.c.minutes), BigInteger))
        .select_from(LedgerReview)
        .join(line, true())
        .where(waits)
        .group_by(line.c.kind, LedgerReview.state),
        back.join(LedgerReview, LedgerReview.entry_id == LedgerEntry.reverses_id)
        .where(waits, LedgerEntry.reverses_id.is_not(None))
        .group_by(LedgerEntry.kind, LedgerReview.state),
    )
