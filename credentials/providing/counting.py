"""A cohort's hours: everybody's minutes by kind in one statement, and their mentor sessions in another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    case,
    cast,
    func,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import joinedload

from credentials.mentor_coaching.holding import Held, held_on
from credentials.mentor_coaching.standing import refusal_on
from credentials.models import Kind, LedgerEntry, LedgerReview, Mentor, MentorFact, MentorSession, ReviewState
from credentials.profiling import is_reversed
from credentials.summing import WAITING, listed, numbers, people, summed, unsettled
from enrollment.models import Enrollment
from foundation.asking import rows
from foundation.db import db, written

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


@dataclass(slots=True)
class Hours:
    """One trainee's minutes. Education is what this cohort's enrollment has earned; the rest is all they have."""

    education: Amount = field(default_factory=Amount)
    core: Amount = field(default_factory=Amount)
    live: Amount = field(default_factory=Amount)
    coaching: Amount = field(default_factory=Amount)
    mentor: Amount = field(default_factory=Amount)

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


def hours_of(enrollments: Sequence[Enrollment]) -> dict[int, Hours]:
    """Everybody's minutes, by person; one statement that reads indexes alone."""
    people, own = [one.user_id for one in enrollments], [one.id for one in enrollments]
    found: dict[int, Hours] = {}
    for user_id, *sums in rows(_hours(), {"people": listed(people), "enrollments": listed(own)}):
        minutes = [one or 0 for one in sums]
        found[user_id] = Hours(*map(Amount, minutes[::2], minutes[1::2]))
    return {user_id: found.get(user_id) or Hours() for user_id in people}


@cache
def _hours() -> Select[*tuple[Any, ...]]:
    """Every line is added up in the order of its index; the few that are not verified are looked up and taken off.

    Of these parts one row a person is made, cut as a page needs.
    """
    waits, line = unsettled(people()), LedgerEntry
    cut = [getattr(line, name) for name in CUT]
    sums = [(cast(summed(getattr(line, name)), Integer).label(name), NOTHING.label(f"{name}_waiting")) for name in SUMS]
    every = select(*cut, *chain(*sums)).where(line.user_id == people()).group_by(*cut)
    parts = union_all(every, *(_taken_off(waits, which) for which in (line.id, line.reverses_id))).cte("parts").c
    here = func.unnest(numbers("enrollments")).table_valued("id").render_derived("here")
    taught = (parts.kind == written(Kind.EDUCATION)) & here.c.id.is_not(None)
    wanted = [
        ("minutes", taught),
        ("core_minutes", taught),
        ("minutes", taught & parts.synchronous),
        ("minutes", parts.kind == written(Kind.COACHING)),
        ("minutes", parts.kind == written(Kind.MENTOR)),
    ]
    pairs = [(parts[name], parts[f"{name}_waiting"], which) for name, which in wanted]
    split = [func.sum(one).filter(which) for *pair, which in pairs for one in pair]
    return select(parts.user_id, *split).outerjoin(here, here.c.id == parts.enrollment_id).group_by(parts.user_id)


def _taken_off(waits: CTE, which: Any) -> Select[*tuple[Any, ...]]:
    """SQL: what is not verified, each line looked up: itself (by `id`), and what cancels it (by `reverses_id`)."""
    named = select(*(getattr(LedgerEntry, name) for name in (*CUT, *SUMS))).where(which == waits.c.entry_id)
    line = named.correlate(waits).offset(NOTHING).lateral("line")
    counts = waits.c.state.in_([written(one) for one in sorted(WAITING)])
    figures = [cast(line.c[name], Integer) for name in SUMS]
    pairs = [(-one, case((counts, one), else_=NOTHING)) for one in figures]
    return select(*(line.c[name] for name in CUT), *chain(*pairs)).select_from(waits).join(line, true())


def _amount(minutes: int, verified: bool) -> Amount:
    return Amount(minutes, 0) if verified else Amount(0, minutes)


def mentored(user_ids: Iterable[int], credential: str) -> tuple[dict[int, Mentored], list[Mentor]]:
    """Everybody's mentor sessions that stand, judged by what their mentor held on the day; and those mentors.

    Two statements.
    """
    rows = db.session.execute(_sessions(), {"people": listed(user_ids)}).all()
    judge = _Judge({row.mentor_id for row in rows}, credential)
    found: dict[int, Mentored] = defaultdict(Mentored)
    for row in rows:
        _add(found[row.user_id], row, counts=judge.accepts(row.mentor_id, row.on))
    return found, judge.mentors


@cache
def _sessions() -> Select[*tuple[Any, ...]]:
    columns = ("user_id", "mentor_id", "on", "minutes", "mentees", "observed")
    return (
        select(*(getattr(MentorSession, name) for name in columns), LedgerReview.state)
        .join(LedgerReview, LedgerReview.entry_id == MentorSession.entry_id)
        .where(MentorSession.user_id == people(), ~is_reversed(MentorSession.entry_id))
        .where(LedgerReview.state != ReviewState.RETURNED)
        .order_by(MentorSession.user_id, MentorSession.on, MentorSession.id)
    )


class _Judge:
    """Whether a mentor counted on a day, looked up once for each."""

    def __init__(self, mentor_ids: set[int], credential: str) -> None:
        facts = joinedload(Mentor.facts).joinedload(MentorFact.proof)
        query = select(Mentor).where(Mentor.id.in_(mentor_ids)).options(facts).order_by(Mentor.name)
        self.mentors = list(db.session.scalars(query).unique()) if mentor_ids else []
        self._facts = {one.id: one.facts for one in self.mentors}
        self._credential = credential
        self._known: dict[tuple[int, date], bool] = {}

    def accepts(self, mentor_id: int, on: date) -> bool:
        key = (mentor_id, on)
        if key not in self._known:
            held: Held = held_on(self._facts[mentor_id], on)
            self._known[key] = not refusal_on(held, self._credential, on)
        return self._known[key]


def _add(one: Mentored, row: Any, *, counts: bool) -> None:
    if not counts:
        one.refused += row.minutes
        return
    checked = row.state == ReviewState.CHECKED
    minutes = _amount(row.minutes, checked)
    if row.mentees == 1:
        one.one_to_one += minutes
    else:
        one.group += minutes
    if row.observed:
        one.observed += _amount(1, checked)
    one.first_on, one.last_on = one.first_on or row.on, row.on
