"""A verdict as PDF: what the assessor said of each competency, what they held, and who has read it."""

from __future__ import annotations

from typing import Any

from flask import current_app

from credentials.models import EvaluationSubmission, EvaluationVerdict
from credentials.performance.contents import PASS
from credentials.performance.queries import words_of
from credentials.performance.rubrics import Criterion, rubric_named
from foundation.documents import typeset
from foundation.filters import hours, shown_date, shown_datetime


def verdict_pdf(attempt: EvaluationSubmission) -> bytes:
    """The attempt must have been decided. The recording and what its trainee wrote stay sealed."""
    verdict, rubric = attempt.verdict, rubric_named(attempt.rubric)
    assert verdict is not None
    told = words_of(verdict)
    return typeset(
        "evaluation",
        {
            "title": "Performance evaluation",
            "school": current_app.config["SETTINGS"].school_name,
            "coach": attempt.user.name,
            "author": f"{verdict.author_name} ({verdict.held})",
            "level": str(attempt.level),
            "on": f"{shown_date(attempt.about_on)}, {hours(attempt.minutes)}, attempt {attempt.attempt}",
            "framework": f"{rubric.framework}, rubric {rubric.id}",
            "version": 1,
            "is_signed": verdict.seen is not None,
            "signatures": signatures_of(verdict),
            "result": "Passed" if told.result == PASS else "Resubmit",
            "overall": told.overall,
            "changes": told.changes,
            "parts": [_part(one, told.grades, told.comments, rubric.grade_words) for one in rubric.criteria],
        },
    )


def file_name(attempt: EvaluationSubmission) -> str:
    """Names no person: files get lost."""
    return f"evaluation-{attempt.about_on.isoformat()}-{attempt.level}-attempt-{attempt.attempt}.pdf"


def signatures_of(verdict: EvaluationVerdict) -> list[dict[str, str]]:
    """The assessor, and its trainee once they have read it: by the hash of the same words."""
    signed = [("Assessor", verdict.author_name, verdict.at, verdict.sha256)]
    if verdict.seen:
        signed.append(("Coach, has read it", verdict.seen.signer_name, verdict.seen.at, verdict.seen.sha256))
    names = ("role", "name", "at", "sha256")
    return [
        dict(zip(names, (role, name, shown_datetime(at, "UTC"), mark), strict=True)) for role, name, at, mark in signed
    ]


def _part(one: Criterion, grades: Any, comments: Any, words: Any) -> dict[str, str]:
    number = one.competency.number
    return {
        "name": f"{number}. {one.competency.name}",
        "domain": one.competency.domain,
        "grade": words.get(grades.get(number), "No grade"),
        "comment": comments.get(number, ""),
    }
