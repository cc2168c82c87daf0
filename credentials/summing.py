"""Adding up the ledger: one statement a person, and every page, letter and document reads its answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    Integer,
    Select,
    String,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)

from credentials.models import Kind, LedgerEntry, LedgerReview, ReviewState
from foundation.asking import rows
from foundation.db import written

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
    """The same as plain values, in an order of their own."""
    return _in_order(map(Sum._make, rows(_sums_of_one(), {"person": user_id})))


def totals_of_many(user_ids: Iterable[int]) -> dict[int, Totals]:
    """The sums of several people, in one statement for all of them."""
    wanted = list(user_ids)
    if not wanted:
        return {}
    found: dict[int, list[Sum]] = {user_id: [] for user_id in wanted}
    for user_id, *cut in rows(_sums_of_many(), {"people": listed(wanted)}):
        found[user_id].append(Sum._make(cut))
    return {user_id: Totals(_in_order(sums)) for user_id, sums in found.items()}


def _in_order(sums: Iterable[Sum]) -> tuple[Sum, ...]:
    """Here and not in SQL, where ordering by so many columns costs more than adding up."""
    return tuple(sorted(sums, key=lambda one: (one[:4], one.enrollment_id or 0)))


def people() -> Any:
    """SQL: the people whose hours are asked for, by the parameter `people`, which is `listed`."""
    return any_(numbers("people"))


def numbers(name: str) -> Any:
    """SQL: a long list of numbers, as one text: the driver looks at each member of a list by itself."""
    return cast(bindparam(name, type_=String), ARRAY(BigInteger))


def listed(ids: Iterable[int]) -> str:
    """Numbers as the parameter of `numbers`."""
    return f"{{{str(list(ids))[1:-1]}}}"


def unsettled(whose: Any) -> CTE:
    """SQL: the few lines of these people that are not checked. Every other line with a review is.

    Their index holds the whole answer, so that a sum reads two indexes and no table.
    """
    wanted = (LedgerReview.user_id == whose, LedgerReview.state != written(ReviewState.CHECKED))
    query = select(LedgerReview.entry_id, LedgerReview.state).where(*wanted)
    return query.cte("unsettled").prefix_with("MATERIALIZED")


def open_lines(*told: Any, whose: Any = None) -> Select[*tuple[Any, ...]]:
    """SQL: the few lines that are not checked and stand, each as its review repeats it; of everybody, or of `whose`.

    A line that was taken back is none of them: its reversal cancels it to the minute, in whatever state both are.
    What people took back is read by itself, from an index that holds nothing else, and not looked up line by line; for
    everybody the database chooses.
    """
    line, review = LedgerEntry, LedgerReview
    reversals = select(line.reverses_id).where(line.reverses_id.is_not(None), *_theirs(line, whose))
    back = reversals.cte("taken_back").prefix_with("NOT MATERIALIZED" if whose is None else "MATERIALIZED")
    stands = ~select(back.c.reverses_id).where(back.c.reverses_id == review.entry_id).correlate(review).exists()
    return select(*told).where(review.state != written(ReviewState.CHECKED), stands, *_theirs(review, whose))


def _theirs(table: type[LedgerEntry | LedgerReview], whose: Any) -> tuple[Any, ...]:
    return () if whose is None else (table.user_id == whose,)


def waits() -> Any:
    """SQL: whether an open line waits to be checked; what is neither checked nor waits was returned."""
    return LedgerReview.state != written(ReviewState.RETURNED)


def summed(column: Any) -> Any:
    """SQL: a sum of minutes. No line holds more than a small whole number, and those are added up without decimals."""
    return func.sum(cast(column, Integer))


@cache
def _sums_of_one() -> Select[*tuple[Any, ...]]:
    """By a number and not by a list of one: the database plans it once, and not each time."""
    return _sums(bindparam("person", type_=BigInteger))


@cache
def _sums_of_many() -> Select[*tuple[Any, ...]]:
    return _sums(people(), LedgerEntry.user_id)


def _sums(whose: Any, *by: Any) -> Select[*tuple[Any, ...]]:
    waits, line = unsettled(whose), LedgerEntry
    since = cast(func.date_part(literal_column("'day'"), line.on), Integer) - literal_column("1")
    state = func.coalesce(waits.c.state, written(ReviewState.CHECKED))
    cut = (*by, line.kind, line.synchronous, state, line.on - since, line.enrollment_id)
    figures = (summed(line.minutes), summed(line.core_minutes), func.min(line.on), func.max(line.on))
    stands_for = waits.c.entry_id == func.coalesce(line.reverses_id, line.id)
    query = select(*cut, *figures).join_from(line, waits, stands_for, isouter=True)
    return query.where(line.user_id == whose).group_by(*cut)
