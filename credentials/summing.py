"""Adding up the ledger: one statement a person, and every page, letter and document reads its answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, CTE, BigInteger, Date, Row, Select, any_, bindparam, cast, func, select

from credentials.models import Kind, LedgerEntry, LedgerReview, ReviewState
from foundation.asking import rows

CHECKED = frozenset({ReviewState.CHECKED})
WAITING = frozenset({ReviewState.LOGGED, ReviewState.SENT})
COUNTED = CHECKED | WAITING
EVERY = COUNTED | {ReviewState.RETURNED}


class Sum(NamedTuple):
    """Minutes of one kind, one way of learning, one state, one month, one enrollment."""

    kind: Kind
    synchronous: bool
    state: ReviewState
    month: date
    enrollment_id: int | None
    minutes: int
    core_minutes: int
    first_on: date
    last_on: date


class Totals:
    """A person's hours, cut as a page needs them. Every figure is in whole minutes."""

    def __init__(self, sums: Iterable[Sum]) -> None:
        self.sums = tuple(sums)

    def minutes(
        self,
        kind: Kind | None = None,
        states: Iterable[ReviewState] = COUNTED,
        *,
        month: date | None = None,
        enrollment_id: int | None = None,
        synchronous: bool | None = None,
    ) -> int:
        chosen = self._chosen(kind, frozenset(states), month, enrollment_id, synchronous)
        return sum(one.minutes for one in chosen)

    def core_minutes(
        self,
        kind: Kind | None = None,
        states: Iterable[ReviewState] = COUNTED,
        *,
        month: date | None = None,
        enrollment_id: int | None = None,
    ) -> int:
        return sum(one.core_minutes for one in self._chosen(kind, frozenset(states), month, enrollment_id, None))

    def days(self, kind: Kind, enrollment_id: int | None = None) -> tuple[date, date] | None:
        """The first and the last day on which there are hours of a kind."""
        chosen = [one for one in self._chosen(kind, COUNTED, None, enrollment_id, None) if one.minutes]
        if not chosen:
            return None
        return min(one.first_on for one in chosen), max(one.last_on for one in chosen)

    @property
    def months(self) -> list[date]:
        """The first days of the months in which there are hours, oldest first."""
        return sorted({one.month for one in self.sums if one.minutes})

    def _chosen(
        self,
        kind: Kind | None,
        states: frozenset[ReviewState],
        month: date | None,
        enrollment_id: int | None,
        synchronous: bool | None,
    ) -> list[Sum]:
        return [
            one
            for one in self.sums
            if one.state in states
            and (kind is None or one.kind == kind)
            and (month is None or one.month == month)
            and (enrollment_id is None or one.enrollment_id == enrollment_id)
            and (synchronous is None or one.synchronous == synchronous)
        ]


def totals_of(user_id: int) -> Totals:
    """A person's sums, in one statement. A reversal stands in the state of the line that it cancels."""
    return Totals(sums_of(user_id))


def sums_of(user_id: int) -> tuple[Sum, ...]:
    """The same as plain values."""
    return tuple(_sum(row) for row in rows(_sums(), {"people": [user_id]}))


def totals_of_many(user_ids: Iterable[int]) -> dict[int, Totals]:
    """The sums of several people, in one statement for all of them."""
    wanted = list(user_ids)
    if not wanted:
        return {}
    found: dict[int, list[Sum]] = {user_id: [] for user_id in wanted}
    for row in rows(_sums(), {"people": wanted}):
        found[row.user_id].append(_sum(row))
    return {user_id: Totals(sums) for user_id, sums in found.items()}


def people() -> Any:
    """SQL: the people whose hours are asked for, by the parameter `people`."""
    return any_(bindparam("people", type_=ARRAY(BigInteger)))


def unsettled() -> CTE:
    """SQL: the few lines of these people that are not checked. Every other line with a review is.

    Their index holds the whole answer, so that a sum reads two indexes and no table.
    """
    wanted = (LedgerReview.user_id == people(), LedgerReview.state != ReviewState.CHECKED)
    query = select(LedgerReview.entry_id, LedgerReview.state).where(*wanted)
    return query.cte("unsettled").prefix_with("MATERIALIZED")


def stands_for(found: CTE) -> Any:
    """SQL: how a line, or the line that it cancels, joins what is not settled."""
    return found.c.entry_id == func.coalesce(LedgerEntry.reverses_id, LedgerEntry.id)


@cache
def _sums() -> Select[*tuple[Any, ...]]:
    waits = unsettled()
    cut = (
        LedgerEntry.user_id,
        LedgerEntry.kind,
        LedgerEntry.synchronous,
        waits.c.state,
        cast(func.date_trunc("month", LedgerEntry.on), Date).label("month"),
        LedgerEntry.enrollment_id,
    )
    return (
        select(
            *cut,
            cast(func.sum(LedgerEntry.minutes), BigInteger).label("minutes"),
            cast(func.sum(LedgerEntry.core_minutes), BigInteger).label("core_minutes"),
            func.min(LedgerEntry.on).label("first_on"),
            func.max(LedgerEntry.on).label("last_on"),
        )
        .join(waits, stands_for(waits), isouter=True)
        .where(LedgerEntry.user_id == people())
        .group_by(*cut)
        .order_by(*cut)
    )


def _sum(row: Row[*tuple[Any, ...]]) -> Sum:
    _, kind, synchronous, state, month, enrollment_id, minutes, core_minutes, first_on, last_on = row
    figures = (int(minutes), int(core_minutes), first_on, last_on)
    return Sum(kind, synchronous, state or ReviewState.CHECKED, month, enrollment_id, *figures)
