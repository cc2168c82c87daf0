"""The whole school's hours by kind: all that stands, what is verified of it, and what waits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, cast, func, literal_column, select, union_all

from credentials.models import Kind, LedgerEntry, LedgerReview
from credentials.summing import open_lines, summed, waits
from foundation.asking import rows

NOTHING: ColumnElement[int] = literal_column("0", BigInteger)


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
    """Every line is added up from one small index, by several workers; what is not verified is taken off by another."""
    line, review = LedgerEntry, LedgerReview
    every = select(line.kind, summed(line.minutes).label("verified"), NOTHING.label("waiting")).group_by(line.kind)
    some = (-func.sum(review.minutes), func.sum(review.minutes).filter(waits()))
    parts = union_all(every, open_lines(review.kind, *some).group_by(review.kind)).subquery().c
    figures = (cast(func.sum(one), BigInteger) for one in (parts.verified, parts.waiting))
    return select(parts.kind, *figures).group_by(parts.kind)
