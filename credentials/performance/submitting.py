"""A trainee hands in a recording for the evaluation at the end of a program, and may take it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.models import SUBMISSION_MOVES, EvaluationSubmission, SubmissionState
from credentials.performance.passing import SKILL, is_asked
from credentials.performance.rubrics import Rubric, rubric_on
from enrollment.models import Cohort, Enrollment, EnrollmentState
from foundation.audit import record
from foundation.clock import day_in
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.secrets import encrypt

OPEN = (SubmissionState.WAITING, SubmissionState.TAKEN)
MAY_SUBMIT = (EnrollmentState.ACTIVE, EnrollmentState.PAUSED)
LONGEST = 240
LEAST_REFLECTION = 40


@dataclass(frozen=True, slots=True)
class Handed:
    """A recording: its day, whole minutes, where it lies, its words, and that the client agrees to its being heard."""

    about_on: date
    minutes: int
    link: str
    transcript: str
    reflection: str
    client_agrees: bool


def submit(user: User, enrollment_id: str, handed: Handed, *, at: datetime) -> EvaluationSubmission:
    """One attempt, under the enrollment's row lock; handed in twice it is handed in once. Raises Refused, NotFound."""
    enrollment = own_enrollment(user, enrollment_id, lock=True)
    earlier = attempts_of(enrollment.id)
    if earlier and earlier[0].state in OPEN:
        return earlier[0]
    rubric = rubric_on(day_in(user.time_zone, at))
    _check(enrollment, handed, earlier, day_in(user.time_zone, at), rubric)
    submission = EvaluationSubmission(
        enrollment_id=enrollment.id,
        user_id=user.id,
        level=SKILL[enrollment.cohort.program.level],
        rubric=rubric.id,
        attempt=1 + sum(one.state != SubmissionState.WITHDRAWN for one in earlier),
        about_on=handed.about_on,
        minutes=handed.minutes,
        sealed_link=encrypt(handed.link),
        sealed_transcript=encrypt(handed.transcript) if handed.transcript else "",
        sealed_reflection=encrypt(handed.reflection),
        state=SubmissionState.WAITING,
        submitted_at=at,
    )
    db.session.add(submission)
    db.session.flush()
    record("evaluation.submitted", subject=submission, actor=user, at=at, attempt=submission.attempt)
    return submission


def withdraw(user: User, public_id: str, *, at: datetime) -> EvaluationSubmission:
    """Take it back before anybody listens to it; what was sealed is gone. Done twice it is done once."""
    query = select(EvaluationSubmission).where(EvaluationSubmission.public_id == public_id)
    found = db.session.scalar(query.where(EvaluationSubmission.user_id == user.id).with_for_update(key_share=True))
    if found is None:
        raise NotFound
    if found.state == SubmissionState.WITHDRAWN:
        return found
    if found.state != SubmissionState.WAITING:
        raise Refused("An assessor has taken it. Write to the school if it should not be heard.")
    SUBMISSION_MOVES.check(found.state, SubmissionState.WITHDRAWN)
    found.state, found.sealed_link, found.sealed_transcript = SubmissionState.WITHDRAWN, "", ""
    found.sealed_reflection = ""
    record("evaluation.withdrawn", subject=found, actor=user, at=at)
    return found


def own_enrollment(user: User, public_id: str, *, lock: bool = False) -> Enrollment:
    """One's own enrollment in a program that ends with an evaluation; anything else is not found."""
    query = select(Enrollment).where(Enrollment.public_id == public_id, Enrollment.user_id == user.id)
    query = query.options(joinedload(Enrollment.cohort, innerjoin=True).joinedload(Cohort.program, innerjoin=True))
    found = db.session.scalar(query.with_for_update(of=Enrollment, key_share=True) if lock else query)
    if found is None or not is_asked(found.cohort.program):
        raise NotFound
    return found


def attempts_of(enrollment_id: int) -> list[EvaluationSubmission]:
    """Every attempt within an enrollment, the newest first."""
    query = select(EvaluationSubmission).where(EvaluationSubmission.enrollment_id == enrollment_id)
    return list(db.session.scalars(query.order_by(EvaluationSubmission.id.desc())))


def _check(
    enrollment: Enrollment, handed: Handed, earlier: list[EvaluationSubmission], today: date, rubric: Rubric
) -> None:
    least = rubric.recording_minutes_min
    if any(one.state == SubmissionState.PASSED for one in earlier):
        raise Refused("You have passed already.")
    if enrollment.state not in MAY_SUBMIT:
        raise Refused("This enrollment is not under way.")
    if handed.about_on > today:
        raise Refused("This day has not come yet.", field="about_on")
    if not least <= handed.minutes <= LONGEST:
        raise Refused(f"A recording has between {least} minutes and 4 hours.", field="minutes")
    if not handed.link.startswith("https://"):
        raise Refused("Give the address of the recording; it begins with https://.", field="link")
    if len(handed.reflection) < LEAST_REFLECTION:
        raise Refused("Say a little more: what you did well, and what you would do otherwise.", field="reflection")
    if not handed.client_agrees:
        raise Refused("Nobody hears a recording to which the client has not agreed.", field="client_agrees")
