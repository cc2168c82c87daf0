"""Whether a program ends with an evaluation, and who has passed it; what a certificate asks for."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Exists, select

from credentials.models import EvaluationSubmission, SubmissionState
from credentials.models import Level as SkillLevel
from enrollment.models import Enrollment, Level, Program
from foundation.db import db

# The skill level that ICF asks of a program's evaluation, by the level of the program.
SKILL = {Level.LEVEL1: SkillLevel.ACC, Level.LEVEL2: SkillLevel.PCC}
NOT_PASSED = "Performance evaluation: it is not passed yet."


def is_asked(program: Program) -> bool:
    """Whether staff have stated that the program ends with an evaluation, at a level that ICF knows."""
    return bool(program.facts.get("evaluation")) and program.level in SKILL


def has_passed() -> Exists:
    """Whether an enrollment's evaluation was passed, to be asked beside it."""
    mine = (EvaluationSubmission.enrollment_id == Enrollment.id, EvaluationSubmission.state == SubmissionState.PASSED)
    return select(EvaluationSubmission.id).where(*mine).exists()


def passed_among(enrollments: Iterable[Enrollment]) -> set[int]:
    """Those who have passed, by their enrollment; one statement, and none where no program asks."""
    wanted = [one.id for one in enrollments if is_asked(one.cohort.program)]
    if not wanted:
        return set()
    passed = EvaluationSubmission.state == SubmissionState.PASSED
    query = select(EvaluationSubmission.enrollment_id).where(EvaluationSubmission.enrollment_id.in_(wanted), passed)
    return set(db.session.scalars(query))


def reasons_of(enrollment: Enrollment, passed: set[int]) -> list[str]:
    """Why no certificate can be issued yet, as far as the evaluation is concerned."""
    return [NOT_PASSED] if is_asked(enrollment.cohort.program) and enrollment.id not in passed else []
