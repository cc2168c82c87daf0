"""From the ledger to a credential profile: what the eligibility engine needs to know of one person, and no name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from accounts.models import User
from credentials.mentor_coaching.holding import held_on
from credentials.models import Kind, ReviewState
from credentials.peering import Piece, pieces_of
from credentials.prior_learning.counting import Course, courses_of
from credentials.recalling import Coached, Enrolled, Mentored, Recalled, is_reversed, mentored_by, recall
from credentials.summing import COUNTED, Totals
from enrollment.models import EnrollmentState

__all__ = ["is_reversed", "mentor_sessions_of", "mentoring_record", "profile_of", "records_from", "records_of"]
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
    enrollments: Sequence[Enrolled]
    coaching: list[tuple[Coached, ReviewState]]
    mentoring: list[tuple[Mentored, ReviewState]]
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

    def _education(self, enrollment: Enrolled, apply_on: date, states: frozenset[ReviewState]) -> list[dict[str, Any]]:
        earned = self._earned(enrollment, states)
        if enrollment.state == EnrollmentState.COMPLETED or enrollment.state == EnrollmentState.WITHDRAWN:
            return [earned] if earned["minutes"] else []
        return [*([earned] if earned["minutes"] else []), _under_way(enrollment, apply_on)]

    def _earned(self, enrollment: Enrolled, states: frozenset[ReviewState]) -> dict[str, Any]:
        totals, key = self.totals, enrollment.id
        days = totals.days(Kind.EDUCATION, key) or (enrollment.starts_on, enrollment.starts_on)
        starts_on = min(days[0], enrollment.starts_on)
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


def _under_way(enrollment: Enrolled, apply_on: date) -> dict[str, Any]:
    """The course itself: as long as it is under way it opens the count of coaching hours and adds none of its own."""
    still_open = max(enrollment.ends_on, apply_on + timedelta(days=1) if apply_on < date.max else apply_on)
    return _course(
        enrollment,
        f"{UNDER_WAY}:{enrollment.id}",
        minutes=enrollment.minutes,
        core=enrollment.core_minutes,
        synchronous=enrollment.synchronous_minutes,
        days=(enrollment.starts_on, still_open),
        completed=False,
    )


def _course(
    enrollment: Enrolled,
    name: str,
    *,
    minutes: int,
    core: int,
    synchronous: int,
    days: tuple[date, date],
    completed: bool,
) -> dict[str, Any]:
    return {
        "id": name,
        "title": enrollment.title,
        "accreditation": str(enrollment.level),
        "starts_on": days[0].isoformat(),
        "ends_on": days[1].isoformat(),
        "completed": completed,
        "minutes": minutes,
        "core_minutes": core,
        "synchronous_minutes": synchronous,
    }


def _session(piece: Piece[Coached]) -> dict[str, Any]:
    session = piece.session
    run = {"until": session.until.isoformat()} if session.until else {}
    return run | {
        "id": piece.id,
        "on": session.on.isoformat(),
        "minutes": piece.minutes,
        "clients": [session.client_code],
        "participants": session.participants,
        "payment": str(piece.payment),
        "consent": str(session.consent),
    }


def mentoring_record(session: Mentored, credential: str) -> dict[str, Any]:
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
    return records_from(recall(user_id))


def records_from(known: Recalled) -> Records:
    """The same from plain rows, by which what is worked out of it can be remembered."""
    coaching = [(session, session.state) for session in known.coaching]
    mentoring = [(session, session.state) for session in known.mentoring]
    received = known.coaching[0].received if known.coaching else 0
    told = json.loads(known.mentoring[0].reviews or "[]") if known.mentoring else []
    reviews = tuple(SignedReview(level, mentor, date.fromisoformat(day)) for level, mentor, day in told)
    elsewhere = courses_of(known.elsewhere)
    return Records(Totals(known.sums), known.enrollments, coaching, mentoring, received, reviews, elsewhere)


def profile_of(
    user: User, credential: str, path: str, apply_on: date, states: Iterable[ReviewState] = COUNTED
) -> dict[str, Any]:
    """One profile of a person, as `contracts/credential_profile.schema.json` has it."""
    return records_of(user.id).profile(credential, path, apply_on, states)


def mentor_sessions_of(user_id: int) -> list[tuple[Mentored, ReviewState]]:
    """The mentor sessions that stand, with what is known of each mentor."""
    return [(session, session.state) for session in mentored_by(user_id)]
