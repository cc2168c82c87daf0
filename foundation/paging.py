"""Long lists, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, bindparam, func, select

from foundation.asking import rows
from foundation.db import db

T = TypeVar("T")
FARTHEST = 10**9  # a page that the database can still count its way to


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `number` begins at 1."""

    items: list[T]
    total: int
    number: int
    per: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per))

    @property
    def first(self) -> int:
        return (self.number - 1) * self.per + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * self.per, self.total)


def paginate(query: Select[Any], number: int, *, per: int = 50, scalars: bool = True) -> Page[Any]:
    """The page, and the count only where there may be more than what it shows: one statement for a short list.

    A number past the end shows the last page.
    """
    counted, paged = _statements(query)

    def shown(number: int) -> list[Any]:
        found = db.session.execute(paged, {"page_size": per, "page_start": (number - 1) * per})
        return list(found.scalars() if scalars else found)

    number = min(max(1, number), FARTHEST)
    items = shown(number)
    if len(items) < per and (items or number == 1):
        return Page(items, (number - 1) * per + len(items), number, per)
    total = db.session.scalar(counted) or 0
    last = -(-total // per) or 1
    return Page(items if number <= last else shown(last), total, min(number, last), per)


@lru_cache(100)
def _statements(query: Select[Any]) -> tuple[Select[Any], Select[Any]]:
    """How many there are, and a page of them. A list that keeps its statement gets these built once too."""
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    return counted, query.limit(bindparam("page_size")).offset(bindparam("page_start"))


def paginate_at_once(query: Select[Any], number: int, *, per: int = 50) -> Page[Any]:
    """One statement for lists of plain columns whose rows are cheap: each row carries how many there are.

    Past the end it asks again, for the last page. Rows come with that number as their last column.
    """
    number = min(max(1, number), FARTHEST)
    found = list(rows(_counting(query), {"page_size": per, "page_start": (number - 1) * per}))
    if not found and number > 1:
        return paginate(query, number, per=per, scalars=False)
    return Page(found, found[0].of_all if found else 0, number, per)


@lru_cache(100)
def _counting(query: Select[Any]) -> Select[Any]:
    counted = query.add_columns(func.count().over().label("of_all"))
    return counted.limit(bindparam("page_size")).offset(bindparam("page_start"))
