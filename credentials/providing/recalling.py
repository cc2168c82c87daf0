"""What a cohort's hours are made of, as plain rows: what is worked out of nothing else is remembered by them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, String, bindparam, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from accounts.models import User
from credentials.mentor_coaching.holding import Told
from credentials.models import (
    CoachingForm,
    EvaluationSubmission,
    FormKind,
    FormState,
    LedgerReview,
    Mentor,
    MentorFact,
    MentorSession,
    ReviewState,
    SubmissionState,
)
from credentials.profiling import is_reversed
from credentials.providing.counting import Sessions, Sums, sums_of
from credentials.recalling import Mentoring
from credentials.ruling.living import Digests, keep_digests, live_digests, told_live_digests
from credentials.summing import listed, people
from enrollment.models import Cohort, Enrollment, EnrollmentState, Level, Program
from foundation.asking import row, rows
from foundation.db import written
from foundation.errors import NotFound


class Of(NamedTuple):
    """A cohort, and what it is a run of."""

    id: int
    code: str
    title: str
    starts_on: date
    program: str
    level: Level


class Person(NamedTuple):
    """An enrollment that stands, with its person.

    Observation forms about them, signed by both and offered; attempts at the evaluation, passed and open.
    """

    id: int
    user_id: int
    state: EnrollmentState
    started_at: datetime
    completed_at: datetime | None
    name: str
    email: str
    signed: int
    offered: int
    passed: int
    open: int


class Facts(NamedTuple):
    """What a cohort's hours depend on, and nothing else."""

    of: Of
    people: tuple[Person, ...]
    sums: tuple[Sums, ...]
    sessions: tuple[Sessions, ...]
    mentors: tuple[Mentoring, ...]
    rules: Digests


def cohort_named(code: str) -> Of:
    """The same statement says which rules are live. Raises NotFound."""
    found = row(_cohort(), {"code": code})
    if found is None:
        raise NotFound
    *of, digests = found
    keep_digests(digests)
    return Of._make(of)


def recall(of: Of, told: Callable[[Collection[int]], tuple[Mentoring, ...]] | None = None) -> Facts:
    """Four statements, one of them for all the sums; and what rules are live.

    `told`: whoever needs more of the mentors reads them here, once.
    """
    people = tuple(Person._make(one) for one in rows(_people(), {"cohort": of.id}))
    sessions = tuple(
        Sessions._make(one) for one in rows(_sessions(), {"people": listed(one.user_id for one in people)})
    )
    mentors = (told or mentors_told)({one.mentor_id for one in sessions})
    return Facts(of, people, sums_of(people), sessions, mentors, live_digests())


def mentors_told(ids: Collection[int]) -> tuple[Mentoring, ...]:
    """Mentors with what is known of them, by name; one statement, or none where nobody is asked for."""
    found = rows(_mentors(), {"people": listed(ids)}) if ids else []
    grouped = groupby(found, key=lambda one: (one[0], one[1]))
    return tuple(Mentoring(*who, tuple(_facts(facts))) for who, facts in grouped)


def _facts(found: Iterable[Any]) -> Iterable[Told]:
    return (Told._make(one[2:]) for one in found if one[2] is not None)


@cache
def _cohort() -> Select[*tuple[Any, ...]]:
    columns = (Cohort.id, Cohort.code, Cohort.title, Cohort.starts_on, Program.title, Program.level)
    query = select(*columns, told_live_digests()).join(Program, Program.id == Cohort.program_id)
    return query.where(Cohort.code == bindparam("code"))


@cache
def _mentors() -> Select[*tuple[Any, ...]]:
    fact = MentorFact
    facts = (fact.id, fact.kind, fact.level, fact.held_from, fact.held_until, fact.withdraws_id)
    query = select(Mentor.id, Mentor.name, *facts).outerjoin(fact, fact.mentor_id == Mentor.id)
    return query.where(Mentor.id == people()).order_by(Mentor.name, Mentor.id, fact.id)


@cache
def _sessions() -> Select[*tuple[Any, ...]]:
    """A line of text for each mentor of a person, and not a row for each session: a cohort has thousands of them."""
    one = MentorSession
    told = func.concat_ws(
        literal_column("' '", String), one.on, one.minutes, one.mentees, cast(one.observed, Integer), LedgerReview.state
    )
    every = func.string_agg(told, aggregate_order_by(literal_column("';'"), one.on, one.id))
    return (
        select(one.user_id, one.mentor_id, every)
        .join(LedgerReview, LedgerReview.entry_id == one.entry_id)
        .where(one.user_id == people(), ~is_reversed(one.entry_id))
        .where(LedgerReview.state != written(ReviewState.RETURNED))
        .group_by(one.user_id, one.mentor_id)
        .order_by(one.user_id, one.mentor_id)
    )


@cache
def _people() -> Select[*tuple[Any, ...]]:
    own = ("id", "user_id", "state", "started_at", "completed_at")
    here = (Enrollment.cohort_id == bindparam("cohort"), Enrollment.state != written(EnrollmentState.WITHDRAWN))
    forms, tried = _forms(here), _attempts(here)
    numbers = (func.coalesce(one, literal_column("0")) for one in (*list(forms.c)[1:], *list(tried.c)[1:]))
    return (
        select(*(getattr(Enrollment, name) for name in own), User.name, User.email, *numbers)
        .join(User, User.id == Enrollment.user_id)
        .outerjoin(forms, forms.c.user_id == Enrollment.user_id)
        .outerjoin(tried, tried.c.enrollment_id == Enrollment.id)
        .where(*here)
        .order_by(func.lower(User.name), Enrollment.id)
    )


def _forms(here: tuple[Any, ...]) -> Any:
    """SQL: observation forms about the people of a cohort, signed by both and offered."""
    one, about = CoachingForm, select(Enrollment.user_id).where(*here)
    query = select(one.user_id, *_numbers(one.state, {FormState.SIGNED}, {FormState.OFFERED}))
    whose = (one.kind == written(FormKind.OBSERVATION), one.user_id.in_(about))
    return query.where(*whose).group_by(one.user_id).subquery()


def _attempts(here: tuple[Any, ...]) -> Any:
    """SQL: attempts at the evaluation, passed and open."""
    one, tries = EvaluationSubmission, select(Enrollment.id).where(*here)
    waits = {SubmissionState.WAITING, SubmissionState.TAKEN}
    query = select(one.enrollment_id, *_numbers(one.state, {SubmissionState.PASSED}, waits))
    return query.where(one.enrollment_id.in_(tries)).group_by(one.enrollment_id).subquery()


def _numbers(state: Any, *wanted: Collection[StrEnum]) -> list[Any]:
    """SQL: how many are in one of these states, and how many in one of those."""
    among = [state.in_([written(one) for one in sorted(states)]) for states in wanted]
    return [func.count().filter(which).label(f"number_{n}") for n, which in enumerate(among)]
