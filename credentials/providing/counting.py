"""A cohort's hours: everybody's minutes by kind in one statement, and their mentor sessions judged by the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import chain
from typing import Any, ClassVar, NamedTuple, Protocol

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    case,
    cast,
    func,
    literal_column,
    select,
    union_all,
)

from credentials.mentor_coaching.holding import held_on
from credentials.mentor_coaching.standing import refusal_on
from credentials.models import Kind, LedgerEntry, LedgerReview, ReviewState
from credentials.recalling import Mentoring
from credentials.summing import listed, numbers, open_lines, people, summed, waits
from foundation.asking import rows
from foundation.db import written

Sums = tuple[Any, ...]
"""A person, and the minutes of `Hours` in its order, verified and waiting; nothing where there are none."""

CUT = ("user_id", "kind", "synchronous", "enrollment_id")
SUMS = ("minutes", "core_minutes")
NOTHING: ColumnElement[int] = literal_column("0", Integer)


@dataclass(slots=True)
class Amount:
    """Minutes or sessions: what is verified, and what waits."""

    verified: int = 0
    waiting: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.verified + other.verified, self.waiting + other.waiting)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.verified - other.verified, self.waiting - other.waiting)

    @property
    def both(self) -> int:
        return self.verified + self.waiting


def _pair(number: int) -> Any:
    """A property: the minutes of `Sums` in that place, verified and waiting."""
    first = 2 * number + 1
    return property(lambda hours: Amount(hours.sums[first] or 0, hours.sums[first + 1] or 0))


@dataclass(slots=True)
class Hours:
    """One trainee's minutes. Education is what this cohort's enrollment has earned; the rest is all they have."""

    sums: Sums = (None,) * 11

    education: ClassVar[Amount] = _pair(0)
    core: ClassVar[Amount] = _pair(1)
    live: ClassVar[Amount] = _pair(2)
    coaching: ClassVar[Amount] = _pair(3)
    mentor: ClassVar[Amount] = _pair(4)

    @property
    def resource(self) -> Amount:
        return self.education - self.core

    @property
    def own(self) -> Amount:
        """Study on one's own (asynchronous)."""
        return self.education - self.live


@dataclass(slots=True)
class Mentored:
    """One trainee's mentor sessions with mentors who counted on their day; `refused`: minutes with others."""

    one_to_one: Amount = field(default_factory=Amount)
    group: Amount = field(default_factory=Amount)
    observed: Amount = field(default_factory=Amount)
    refused: int = 0
    first_on: date | None = None
    last_on: date | None = None

    def countable(self, group_most: int) -> Amount:
        """One-to-one minutes, and those in groups up to a limit (0: there is none)."""
        verified, both = self.group.verified, self.group.both
        if group_most:
            verified, both = min(verified, group_most), min(both, group_most)
        return self.one_to_one + Amount(verified, both - verified)


class Placed(Protocol):
    """An enrollment, as its entity or as a plain row."""

    @property
    def id(self) -> Any: ...

    @property
    def user_id(self) -> Any: ...


def hours_of(placed: Sequence[Placed]) -> dict[int, Hours]:
    """Everybody's minutes, by person; one statement that reads indexes alone."""
    return hours_from(placed, sums_of(placed))


def sums_of(placed: Sequence[Placed]) -> tuple[Sums, ...]:
    """The same as plain values, of whoever has any."""
    own = {"people": listed(one.user_id for one in placed), "enrollments": listed(one.id for one in placed)}
    return tuple(map(tuple, rows(_hours(), own)))


def hours_from(placed: Sequence[Placed], sums: Iterable[Sums]) -> dict[int, Hours]:
    """Cut where a page looks at them, and not before."""
    found = {one[0]: Hours(one) for one in sums}
    return {one.user_id: found.get(one.user_id) or Hours() for one in placed}


@cache
def _hours() -> Select[*tuple[Any, ...]]:
    """Every line is added up in the order of its index, and the few that are not verified are taken off.

    Of these parts one row a person is made, cut as a page needs.
    """
    line = LedgerEntry
    cut = [getattr(line, name) for name in CUT]
    sums = [(cast(summed(getattr(line, name)), Integer).label(name), NOTHING.label(f"{name}_waiting")) for name in SUMS]
    every = select(*cut, *chain(*sums)).where(line.user_id == people()).group_by(*cut)
    parts = union_all(every, _taken_off()).cte("parts").c
    here = func.unnest(numbers("enrollments")).table_valued("id").render_derived("here")
    taught = ((parts.kind == written(Kind.EDUCATION)) & here.c.id.is_not(None)).label("taught")
    placed = select(*parts, taught).outerjoin(here, here.c.id == parts.enrollment_id)
    part = placed.offset(NOTHING).subquery().c  # by itself, so that it is looked up once a part and not once a sum
    wanted = [
        ("minutes", part.taught),
        ("core_minutes", part.taught),
        ("minutes", part.taught & part.synchronous),
        ("minutes", part.kind == written(Kind.COACHING)),
        ("minutes", part.kind == written(Kind.MENTOR)),
    ]
    pairs = [(part[name], part[f"{name}_waiting"], which) for name, which in wanted]
    split = [func.sum(one).filter(which) for *pair, which in pairs for one in pair]
    return select(part.user_id, *split).group_by(part.user_id)


def _taken_off() -> Select[*tuple[Any, ...]]:
    """SQL: what is not verified, taken off, and what of it waits."""
    review = LedgerReview
    pairs = [(-one, case((waits(), one), else_=NOTHING)) for one in (review.minutes, review.core_minutes)]
    return open_lines(*(getattr(review, name) for name in CUT), *chain(*pairs), whose=people())


def _amount(minutes: int, verified: bool) -> Amount:
    return Amount(minutes, 0) if verified else Amount(0, minutes)


class Sessions(NamedTuple):
    """One person's sessions with one mentor that stand, as a plain row.

    `told`: each as `day minutes mentees observed state`, with semicolons between.
    """

    user_id: int
    mentor_id: int
    told: str


def mentored(sessions: Iterable[Sessions], mentors: Iterable[Mentoring], credential: str) -> dict[int, Mentored]:
    """Everybody's mentor sessions, judged by what their mentor held on the day."""
    accepts = _judge(mentors, credential)
    found: dict[int, Mentored] = defaultdict(Mentored)
    for user_id, mentor_id, told in sessions:
        one = found[user_id]
        for session in told.split(";"):
            day, *rest = session.split(" ")
            on = date.fromisoformat(day)
            _add(one, on, *map(int, rest[:-1]), checked=rest[-1] == ReviewState.CHECKED, counts=accepts(mentor_id, on))
    return found


def _judge(mentors: Iterable[Mentoring], credential: str) -> Callable[[int, date], bool]:
    """Whether a mentor counted on a day, looked up once for each."""
    facts = {one.id: one.facts for one in mentors}

    @cache
    def accepts(mentor_id: int, on: date) -> bool:
        return not refusal_on(held_on(facts[mentor_id], on), credential, on)

    return accepts


def _add(one: Mentored, on: date, minutes: int, mentees: int, observed: int, *, checked: bool, counts: bool) -> None:
    if not counts:
        one.refused += minutes
        return
    if mentees == 1:
        one.one_to_one += _amount(minutes, checked)
    else:
        one.group += _amount(minutes, checked)
    if observed:
        one.observed += _amount(1, checked)
    one.first_on, one.last_on = min(one.first_on or on, on), max(one.last_on or on, on)
