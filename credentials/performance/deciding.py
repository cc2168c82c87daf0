"""An assessor takes a recording, writes about it, and decides; its trainee reads the verdict and signs for that."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, noload

from accounts.models import User
from credentials.mentor_coaching.holding import Held, held_on
from credentials.mentor_slots.publishing import mentor_of
from credentials.models import (
    SUBMISSION_MOVES,
    EvaluationSeen,
    EvaluationSubmission,
    EvaluationVerdict,
    SubmissionState,
)
from credentials.performance import letters
from credentials.performance.contents import PASS, Assessed, digest
from credentials.performance.rubrics import rubric_named
from foundation.audit import record
from foundation.clock import day_in
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.secrets import encrypt


class NotReady(Refused):
    """It can't be decided yet. `missing`: each field with what is missing in it."""

    def __init__(self, missing: list[tuple[str, str]]) -> None:
        super().__init__("Not decided yet: look at what stands beside the fields.")
        self.missing = missing


def take(user: User, public_id: str, *, at: datetime) -> EvaluationSubmission:
    """Take a recording that waits. Taken twice by the same person it is taken once. Raises Refused, NotFound."""
    found = _locked(public_id)
    if found.state == SubmissionState.TAKEN and found.taken_by_id == user.id:
        return found
    if found.state != SubmissionState.WAITING:
        raise Refused("Somebody else has taken it, or it is withdrawn.")
    _qualified(user, found, at)
    SUBMISSION_MOVES.check(found.state, SubmissionState.TAKEN)
    found.state, found.taken_by_id, found.taken_at = SubmissionState.TAKEN, user.id, at
    record("evaluation.taken", subject=found, actor=user, at=at)
    return found


def release(user: User, public_id: str, *, at: datetime) -> None:
    """Put a recording back into the queue; what was written about it is gone."""
    found = _mine(user, public_id)
    SUBMISSION_MOVES.check(found.state, SubmissionState.WAITING)
    found.state, found.taken_by_id, found.taken_at = SubmissionState.WAITING, None, None
    found.sealed_draft = ""
    record("evaluation.released", subject=found, actor=user, at=at)


def write(user: User, public_id: str, assessed: Assessed, *, at: datetime) -> None:
    """Keep what has been written so far, for its assessor alone."""
    found = _mine(user, public_id)
    found.sealed_draft = encrypt(assessed.written())
    record("evaluation.written", subject=found, actor=user, at=at)


def decide(user: User, public_id: str, assessed: Assessed, *, at: datetime) -> EvaluationVerdict:
    """Sign the verdict: its result stands, and the trainee is told. Raises NotReady. Decided twice it is once."""
    found = _locked(public_id)
    if found.verdict is not None and found.verdict.author_id == user.id:
        return found.verdict
    found = _mine(user, public_id)
    held = _qualified(user, found, at)
    if missing := assessed.missing(rubric_named(found.rubric)):
        raise NotReady(missing)
    words, passed = assessed.written(), assessed.result == PASS
    result = SubmissionState.PASSED if passed else SubmissionState.RESUBMIT
    SUBMISSION_MOVES.check(found.state, result)
    verdict = EvaluationVerdict(
        submission=found,
        author_id=user.id,
        author_name=user.name,
        held=held.short,
        passed=passed,
        sealed_content=encrypt(words),
        sha256=digest(words),
        at=at,
    )
    db.session.add(verdict)
    found.state, found.decided_at, found.sealed_draft = result, at, ""
    db.session.flush()
    record(f"evaluation.{result}", subject=found, actor=user, at=at, attempt=found.attempt)
    letters.promise_decided(found, user, at=at)
    return verdict


def sign_for(user: User, public_id: str, *, at: datetime) -> EvaluationSeen:
    """The trainee has read the verdict. Signed twice it is signed once."""
    query = select(EvaluationSubmission).where(EvaluationSubmission.public_id == public_id)
    found = db.session.scalar(query.where(EvaluationSubmission.user_id == user.id).with_for_update(key_share=True))
    if found is None or found.verdict is None:
        raise NotFound
    verdict = found.verdict
    if verdict.seen is not None:
        return verdict.seen
    seen = EvaluationSeen(user_id=user.id, signer_name=user.name, sha256=verdict.sha256, at=at)
    verdict.seen = seen
    db.session.flush()
    record("evaluation.seen", subject=found, actor=user, at=at)
    return seen


def _locked(public_id: str) -> EvaluationSubmission:
    query = select(EvaluationSubmission).where(EvaluationSubmission.public_id == public_id)
    loaded = joinedload(EvaluationSubmission.user, innerjoin=True).options(noload(User.roles))
    found = db.session.scalar(query.options(loaded).with_for_update(of=EvaluationSubmission, key_share=True))
    if found is None:
        raise NotFound
    return found


def _mine(user: User, public_id: str) -> EvaluationSubmission:
    """A recording that this assessor has taken; any other is not found."""
    found = _locked(public_id)
    if found.state != SubmissionState.TAKEN or found.taken_by_id != user.id:
        raise NotFound
    return found


def _qualified(user: User, submission: EvaluationSubmission, at: datetime) -> Held:
    """What the assessor holds on this day. Raises Refused where the rubric asks for more."""
    mentor = mentor_of(user)
    if mentor is None:
        raise Refused("The school keeps no mentor's file for your account yet. Ask the registrar.")
    if submission.user_id == user.id:
        raise Refused("Nobody evaluates their own coaching.")
    held = held_on(mentor.facts, day_in(user.time_zone, at))
    names = {held.credential} | ({"ACC_renewed_once"} if held.credential == "ACC" and held.renewed else set())
    asked = rubric_named(submission.rubric).assessors[submission.level]
    if names.isdisjoint(asked):
        wanted = " or ".join(one.replace("ACC_renewed_once", "an ACC renewed once") for one in asked)
        raise Refused(f"An evaluation at {submission.level} level asks for an assessor who holds {wanted}.")
    return held
