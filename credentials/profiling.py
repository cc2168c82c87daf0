"""From the ledger to a credential profile: what the eligibility engine needs to know of one person, and no name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.mentor_coaching.holding import held_on
from credentials.models import (
    Client,
    CoachingForm,
    CoachingSession,
    FormKind,
    FormState,
    Kind,
    LedgerEntry,
    LedgerReview,
    Mentor,
    MentorSession,
    ReviewState,
)
from credentials.peering import Piece, pieces_of, received_by
from credentials.prior_learning.counting import Course, courses_of
from credentials.summing import COUNTED, Totals, totals_of
from enrollment.models import Cohort, Enrollment, EnrollmentState
from foundation.db import db

UNDER_WAY = "program"


@dataclass(frozen=True, slots=True)
class SignedReview:
    """A Competency Review Form that both have signed: its level, its mentor, the day."""

    level: str
    mentor_id: int
    on: date


@dataclass(frozen=True)
class Records:
    """All that a profile is made of, read once; a page asks for as many profiles of it as it likes."""

    totals: Totals
    enrollments: list[Enrollment]
    coaching: list[tuple[CoachingSession, ReviewState]]
    mentoring: list[tuple[MentorSession, ReviewState]]
    received: int = 0
    reviews: tuple[SignedReview, ...] = ()
    elsewhere: Sequence[Course] = ()

    @property
    def unsent_minutes(self) -> int:
        """What its trainee has logged and not yet sent to be checked."""
        return self.totals.minutes(None, {ReviewState.LOGGED})

    @cached_property
    def _sessions(self) -> list[tuple[dict[str, Any], ReviewState]]:
        """The sessions as the engine reads them; peer exchange is balanced over all that is not returned."""
        states = {session.id: state for session, state in self.coaching}
        counted = [session for session, state in self.coaching if state in COUNTED]
        return [(_session(piece), states[piece.session.id]) for piece in pieces_of(counted, self.received)]

    def profile(
        self, credential: str, path: str, apply_on: date, states: Iterable[ReviewState] = COUNTED
    ) -> dict[str, Any]:
        """The profile of the lines that stand in one of the states (`CHECKED` alone: what staff have verified)."""
        wanted = frozenset(states)
        education = [record for one in self.enrollments for record in self._education(one, apply_on, wanted)]
        reviewed = {"competency_review_form": True} if self._is_reviewed_for(credential, apply_on) else {}
        education += [record for one in self.elsewhere if (record := one.record(wanted))]
        return reviewed | {
            "credential": credential,
            "path": path,
            "apply_on": apply_on.isoformat(),
            "education": education,
            "sessions": [told for told, state in self._sessions if state in wanted],
            "mentor_sessions": [mentoring_record(s, credential) for s, state in self.mentoring if state in wanted],
        }

    def _is_reviewed_for(self, credential: str, apply_on: date) -> bool:
        """Whether a Competency Review Form of that level is signed, by a mentor who held the specialization then."""
        mentors = {session.mentor_id: session.mentor for session, _ in self.mentoring}
        return any(
            held_on(mentors[review.mentor_id].facts, review.on).specializations
            for review in self.reviews
            if review.level == credential and review.on <= apply_on and review.mentor_id in mentors
        )

    def _education(
        self, enrollment: Enrollment, apply_on: date, states: frozenset[ReviewState]
    ) -> list[dict[str, Any]]:
        earned = self._earned(enrollment, states)
        if enrollment.state == EnrollmentState.COMPLETED or enrollment.state == EnrollmentState.WITHDRAWN:
            return [earned] if earned["minutes"] else []
        return [*([earned] if earned["minutes"] else []), _under_way(enrollment, apply_on)]

    def _earned(self, enrollment: Enrollment, states: frozenset[ReviewState]) -> dict[str, Any]:
        totals, key = self.totals, enrollment.id
        days = totals.days(Kind.EDUCATION, key) or (enrollment.cohort.starts_on, enrollment.cohort.starts_on)
        starts_on = min(days[0], enrollment.cohort.starts_on)
        completed = enrollment.state == EnrollmentState.COMPLETED
        return _course(
            enrollment,
            f"earned:{enrollment.id}",
            minutes=totals.minutes(Kind.EDUCATION, states, enrollment_id=key),
            core=totals.core_minutes(Kind.EDUCATION, states, enrollment_id=key),
            synchronous=totals.minutes(Kind.EDUCATION, states, enrollment_id=key, synchronous=True),
            days=(starts_on, max(days[1], starts_on)),
            completed=completed,
        )


def _under_way(enrollment: Enrollment, apply_on: date) -> dict[str, Any]:
    """The course itself: as long as it is under way it opens the count of coaching hours and adds none of its own."""
    program, cohort = enrollment.cohort.program, enrollment.cohort
    still_open = max(cohort.ends_on, apply_on + timedelta(days=1))
    return _course(
        enrollment,
        f"{UNDER_WAY}:{enrollment.id}",
        minutes=program.minutes,
        core=program.core_minutes,
        synchronous=program.synchronous_minutes,
        days=(cohort.starts_on, still_open),
        completed=False,
    )


def _course(
    enrollment: Enrollment,
    name: str,
    *,
    minutes: int,
    core: int,
    synchronous: int,
    days: tuple[date, date],
    completed: bool,
) -> dict[str, Any]:
    program = enrollment.cohort.program
    return {
        "id": name,
        "title": program.title,
        "accreditation": str(program.level),
        "starts_on": days[0].isoformat(),
        "ends_on": days[1].isoformat(),
        "completed": completed,
        "minutes": minutes,
        "core_minutes": core,
        "synchronous_minutes": synchronous,
    }


def _session(piece: Piece) -> dict[str, Any]:
    session = piece.session
    run = {"until": session.until.isoformat()} if session.until else {}
    return run | {
        "id": piece.id,
        "on": session.on.isoformat(),
        "minutes": piece.minutes,
        "clients": [session.client.code],
        "participants": session.participants,
        "payment": str(piece.payment),
        "consent": str(session.client.consent),
    }


def mentoring_record(session: MentorSession, credential: str) -> dict[str, Any]:
    """A mentor session with what the mentor held on its day; of several specializations the one that serves best."""
    held = held_on(session.mentor.facts, session.on)
    level, since = held.specialization_for(credential) or (None, None)
    return {
        "id": session.public_id,
        "on": session.on.isoformat(),
        "minutes": session.minutes,
        "mentees": session.mentees,
        "observed": session.observed,
        "mentor": {
            "name": session.mentor.name,
            "credential": held.credential,
            "renewed": held.renewed,
            "specialization": level,
            "specialization_since": since.isoformat() if since else None,
        },
    }


def records_of(user_id: int) -> Records:
    """Everything of a person that can count, in four statements, or five. Lines taken back are left out."""
    coaching, received = _coaching(user_id)
    totals = totals_of(user_id)
    mentoring, reviews = _mentoring_of(user_id)
    elsewhere = courses_of(user_id, totals)
    return Records(totals, _enrollments(user_id), coaching, mentoring, received, reviews, elsewhere)


def profile_of(
    user: User, credential: str, path: str, apply_on: date, states: Iterable[ReviewState] = COUNTED
) -> dict[str, Any]:
    """One profile of a person, as `contracts/credential_profile.schema.json` has it."""
    return records_of(user.id).profile(credential, path, apply_on, states)


def _enrollments(user_id: int) -> list[Enrollment]:
    return list(db.session.scalars(_enrollments_query(), {"user_id": user_id}))


@cache
def _enrollments_query() -> Select[Enrollment]:
    loaded = joinedload(Enrollment.cohort).joinedload(Cohort.program)
    mine = Enrollment.user_id == bindparam("user_id")
    return select(Enrollment).where(mine).options(loaded).order_by(Enrollment.id)


def _coaching(user_id: int) -> tuple[list[tuple[CoachingSession, ReviewState]], int]:
    """The sessions, and what was received from peers beside what was given in them."""
    rows = db.session.execute(_coaching_query(), {"user_id": user_id}).all()
    return [(session, state) for session, state, _ in rows], int(rows[0][2]) if rows else 0


@cache
def _coaching_query() -> Select[*tuple[Any, ...]]:
    whose: BindParameter[int] = bindparam("user_id")
    return (
        select(CoachingSession, LedgerReview.state, received_by(whose))
        .join(LedgerReview, LedgerReview.entry_id == CoachingSession.entry_id)
        .join(Client)
        .where(CoachingSession.user_id == whose, ~is_reversed(CoachingSession.entry_id))
        .options(joinedload(CoachingSession.client))
        .order_by(CoachingSession.on, CoachingSession.id)
    )


def mentor_sessions_of(user_id: int) -> list[tuple[MentorSession, ReviewState]]:
    """The mentor sessions that stand, with what is known of each mentor."""
    return _mentoring_of(user_id)[0]


def _mentoring_of(user_id: int) -> tuple[list[tuple[MentorSession, ReviewState]], tuple[SignedReview, ...]]:
    """The sessions, and the reviews that rest on them, in one statement."""
    found = db.session.execute(_mentor_sessions_query(), {"user_id": user_id})
    rows = list(found.unique(lambda row: row[0].id))
    told = rows[0][2] or [] if rows else []
    reviews = tuple(SignedReview(level, mentor, date.fromisoformat(day)) for level, mentor, day in told)
    return [(session, state) for session, state, _ in rows], reviews


@cache
def _mentor_sessions_query() -> Select[*tuple[Any, ...]]:
    return (
        select(MentorSession, LedgerReview.state, _signed_reviews())
        .join(LedgerReview, LedgerReview.entry_id == MentorSession.entry_id)
        .where(MentorSession.user_id == bindparam("user_id"), ~is_reversed(MentorSession.entry_id))
        .options(joinedload(MentorSession.mentor).joinedload(Mentor.facts))
        .options(joinedload(MentorSession.entry).load_only(LedgerEntry.public_id))
        .order_by(MentorSession.on, MentorSession.id)
    )


def _signed_reviews() -> Any:
    """SQL: level, mentor and day of each Competency Review Form that both have signed."""
    day = func.to_char(CoachingForm.signed_at, "YYYY-MM-DD")
    told = func.json_agg(func.json_build_array(CoachingForm.level, CoachingForm.mentor_id, day))
    signed = (CoachingForm.kind == FormKind.REVIEW) & (CoachingForm.state == FormState.SIGNED)
    return select(told).where(CoachingForm.user_id == bindparam("user_id"), signed).scalar_subquery()


REVERSAL = LedgerEntry.__table__.alias("reversal")


def is_reversed(entry_id: Any) -> Any:
    """SQL: whether the line was taken back."""
    return select(REVERSAL.c.id).where(REVERSAL.c.reverses_id == entry_id).correlate_except(REVERSAL).exists()
