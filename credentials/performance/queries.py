"""Attempts as trainees, assessors and the registrar look for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, noload

from accounts.models import User
from credentials.models import EvaluationSubmission, EvaluationVerdict, SubmissionState
from credentials.performance.contents import Assessed, digest
from credentials.performance.passing import is_asked
from enrollment.models import Cohort, Enrollment, EnrollmentState
from foundation.db import db
from foundation.errors import NotFound

STATES = {
    SubmissionState.WAITING: ("Waits for an assessor", "wait"),
    SubmissionState.TAKEN: ("Is being assessed", "note"),
    SubmissionState.PASSED: ("Passed", "good"),
    SubmissionState.RESUBMIT: ("Resubmit", "bad"),
    SubmissionState.WITHDRAWN: ("Withdrawn", "quiet"),
}
VERDICT: Any = joinedload(EvaluationSubmission.verdict).joinedload(EvaluationVerdict.seen)


def asked_of(user: User) -> list[Enrollment]:
    """A person's enrollments whose program ends with an evaluation, the newest first."""
    loaded = joinedload(Enrollment.cohort).joinedload(Cohort.program)
    query = select(Enrollment).where(Enrollment.user_id == user.id, Enrollment.state != EnrollmentState.WITHDRAWN)
    found = db.session.scalars(query.options(loaded).order_by(Enrollment.id.desc()))
    return [one for one in found if is_asked(one.cohort.program)]


def attempts_by(user: User) -> list[EvaluationSubmission]:
    """All of a person's attempts with their verdicts, the newest first."""
    query = select(EvaluationSubmission).where(EvaluationSubmission.user_id == user.id).options(VERDICT)
    return list(db.session.scalars(query.order_by(EvaluationSubmission.id.desc())))


def attempts_among(enrollment_ids: Iterable[int]) -> list[EvaluationSubmission]:
    """The attempts of several, with verdicts and assessors, for the registrar; of those who were erased none."""
    query = select(EvaluationSubmission).where(EvaluationSubmission.enrollment_id.in_(list(enrollment_ids)))
    query = query.where(EvaluationSubmission.user.has(User.erased_at.is_(None)))
    people = joinedload(EvaluationSubmission.user).options(noload(User.roles))
    return list(db.session.scalars(query.options(VERDICT, people).order_by(EvaluationSubmission.id)))


def for_assessors(user: User, state: str) -> Select[Any]:
    """What waits for anybody, and what this assessor has taken; the oldest first."""
    query = select(EvaluationSubmission).where(
        or_(EvaluationSubmission.state == SubmissionState.WAITING, EvaluationSubmission.taken_by_id == user.id)
    )
    if state in set(SubmissionState):
        query = query.where(EvaluationSubmission.state == SubmissionState(state))
    person = joinedload(EvaluationSubmission.user).options(noload(User.roles))
    place = joinedload(EvaluationSubmission.enrollment).joinedload(Enrollment.cohort).joinedload(Cohort.program)
    return query.options(person, place).order_by(EvaluationSubmission.submitted_at, EvaluationSubmission.id)


def attempt_of(public_id: str, *, trainee: User | None = None, assessor: User | None = None) -> EvaluationSubmission:
    """An attempt for its trainee, for who has taken it, or while it waits for anybody who assesses. Raises NotFound."""
    person = joinedload(EvaluationSubmission.user).options(noload(User.roles))
    query = select(EvaluationSubmission).where(EvaluationSubmission.public_id == public_id).options(VERDICT, person)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    if trainee is not None and found.user_id == trainee.id:
        return found
    if assessor is not None and (found.taken_by_id == assessor.id or found.state == SubmissionState.WAITING):
        return found
    raise NotFound


def decided_of(public_id: str, *, trainee: User | None = None, assessor: User | None = None) -> EvaluationSubmission:
    """The same, once there is a verdict. Raises NotFound."""
    found = attempt_of(public_id, trainee=trainee, assessor=assessor)
    if found.verdict is None:
        raise NotFound
    return found


def words_of(verdict: EvaluationVerdict) -> Assessed:
    return Assessed.read(verdict.content)


def holds(verdict: EvaluationVerdict) -> bool:
    """Whether the words are still those that were signed."""
    return digest(verdict.content) == verdict.sha256
