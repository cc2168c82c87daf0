"""What a profile is made of, as plain rows: what is worked out of nothing but these can be remembered by them."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, BindParameter, Select, Text, bindparam, cast, func, select

from credentials.mentor_coaching.holding import Told
from credentials.models import (
    BroughtReview,
    Client,
    CoachingForm,
    CoachingSession,
    Consent,
    FormKind,
    FormState,
    LedgerEntry,
    LedgerReview,
    Mentor,
    MentorFact,
    MentorSession,
    Payment,
    ReviewState,
)
from credentials.peering import received_by
from credentials.prior_learning.counting import Elsewhere, lines_elsewhere
from credentials.summing import Sum, sums_of
from enrollment.models import Cohort, Enrollment, EnrollmentState, Level, Program
from foundation.asking import rows

REVERSAL = LedgerEntry.__table__.alias("reversal")


class Coached(NamedTuple):
    """A coaching session that stands, with its client. `received`: what peers gave back in all, in minutes."""

    id: int
    public_id: str
    on: date
    until: date | None
    minutes: int
    participants: int
    payment: Payment
    client_id: int
    client_number: int
    consent: Consent
    state: ReviewState
    received: int

    @property
    def client_code(self) -> str:
        return f"C-{self.client_number:02d}"


class Mentoring(NamedTuple):
    """A mentor, with what is known of them."""

    id: int
    name: str
    facts: tuple[Told, ...]


class Mentored(NamedTuple):
    """A mentor session that stands. `line` is its ledger line's public id; `reviews` what `_signed_reviews` tells."""

    id: int
    public_id: str
    entry_id: int
    line: str
    on: date
    minutes: int
    mentees: int
    observed: bool
    state: ReviewState
    reviews: str | None
    mentor: Mentoring

    @property
    def mentor_id(self) -> int:
        return self.mentor.id


class Enrolled(NamedTuple):
    """An enrollment with its cohort's days and its program's hours, in minutes."""

    id: int
    state: EnrollmentState
    starts_on: date
    ends_on: date
    title: str
    level: Level
    minutes: int
    core_minutes: int
    synchronous_minutes: int


class Recalled(NamedTuple):
    """Everything of one person that can count."""

    coaching: tuple[Coached, ...]
    sums: tuple[Sum, ...]
    mentoring: tuple[Mentored, ...]
    elsewhere: tuple[Elsewhere, ...]
    enrollments: tuple[Enrolled, ...]


def recall(user_id: int) -> Recalled:
    """Four statements, or five. Lines taken back are left out."""
    whose = {"user_id": user_id}
    coaching = tuple(Coached._make(row) for row in rows(_coaching(), whose))
    sums = sums_of(user_id)
    mentoring = mentored_by(user_id)
    elsewhere = lines_elsewhere(user_id, sums)
    enrollments = tuple(Enrolled._make(row) for row in rows(_enrollments(), whose))
    return Recalled(coaching, sums, mentoring, elsewhere, enrollments)


@cache
def _enrollments() -> Select[*tuple[Any, ...]]:
    times = (Program.minutes, Program.core_minutes, Program.synchronous_minutes)
    cohort = (Cohort.starts_on, Cohort.ends_on)
    query = select(Enrollment.id, Enrollment.state, *cohort, Program.title, Program.level, *times)
    query = query.join(Cohort, Cohort.id == Enrollment.cohort_id).join(Program, Program.id == Cohort.program_id)
    return query.where(Enrollment.user_id == bindparam("user_id")).order_by(Enrollment.id)


@cache
def _coaching() -> Select[*tuple[Any, ...]]:
    whose: BindParameter[int] = bindparam("user_id")
    one = CoachingSession
    session = (one.id, one.public_id, one.on, one.until, one.minutes, one.participants, one.payment)
    return (
        select(
            *session, Client.id, Client.number, Client.consent, LedgerReview.state, cast(received_by(whose), BigInteger)
        )
        .join(LedgerReview, LedgerReview.entry_id == one.entry_id)
        .join(Client, Client.id == one.client_id)
        .where(one.user_id == whose, ~is_reversed(one.entry_id))
        .order_by(one.on, one.id)
    )


def mentored_by(user_id: int) -> tuple[Mentored, ...]:
    """The mentor sessions that stand, and the reviews that rest on them, in one statement: a row for each fact."""
    found: list[Mentored] = []
    for told, facts in groupby(rows(_mentored(), {"user_id": user_id}), key=_without_facts):
        *session, mentor_id, name = told
        known = tuple(Told._make(row[12:]) for row in facts if row[12] is not None)
        found.append(Mentored._make((*session, Mentoring(mentor_id, name, known))))
    return tuple(found)


def _without_facts(row: Any) -> tuple[Any, ...]:
    return tuple(row[:12])


@cache
def _mentored() -> Select[*tuple[Any, ...]]:
    one, fact = MentorSession, MentorFact
    session = (one.id, one.public_id, one.entry_id, LedgerEntry.public_id, one.on, one.minutes, one.mentees)
    facts = (fact.id, fact.kind, fact.level, fact.held_from, fact.held_until, fact.withdraws_id)
    state = (one.observed, LedgerReview.state, cast(_signed_reviews(), Text))
    return (
        select(*session, *state, Mentor.id, Mentor.name, *facts)
        .join(LedgerReview, LedgerReview.entry_id == one.entry_id)
        .join(LedgerEntry, LedgerEntry.id == one.entry_id)
        .join(Mentor, Mentor.id == one.mentor_id)
        .outerjoin(fact, fact.mentor_id == Mentor.id)
        .where(one.user_id == bindparam("user_id"), ~is_reversed(one.entry_id))
        .order_by(one.on, one.id, fact.id)
    )


def _signed_reviews() -> Any:
    """SQL: level, mentor and day of each Competency Review Form that both have signed, here or where they came from."""
    day, one = "YYYY-MM-DD", BroughtReview
    signed = (CoachingForm.kind == FormKind.REVIEW) & (CoachingForm.state == FormState.SIGNED)
    here = select(
        cast(CoachingForm.level, Text).label("level"),
        CoachingForm.mentor_id.label("mentor"),
        func.to_char(CoachingForm.signed_at, day).label("day"),
    ).where(CoachingForm.user_id == bindparam("user_id"), signed)
    brought = select(cast(one.level, Text), one.mentor_id, func.to_char(one.signed_on, day)).where(
        one.user_id == bindparam("user_id"), one.taken_back_at.is_(None)
    )
    found = here.union_all(brought).subquery()
    return select(func.json_agg(func.json_build_array(*found.c))).scalar_subquery()


def is_reversed(entry_id: Any) -> Any:
    """SQL: whether the line was taken back."""
    return select(REVERSAL.c.id).where(REVERSAL.c.reverses_id == entry_id).correlate_except(REVERSAL).exists()
