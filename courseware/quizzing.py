"""Quizzing: answers are checked, frozen as they were given, and a pass finishes the lesson."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from courseware.models import Choice, Lesson, Question, QuestionKind, QuizAttempt
from courseware.studying import finish_lesson
from enrollment.models import Enrollment
from foundation.db import db
from foundation.errors import Refused

UNANSWERED = "Answer this question."


class Unanswered(Refused):
    """A question was left out; `field` is its input."""


def questions_of(lesson_id: int) -> list[Question]:
    """The questions with their choices, in one statement."""
    query = select(Question).where(Question.lesson_id == lesson_id).options(joinedload(Question.choices))
    return list(db.session.scalars(query.order_by(Question.position, Question.id)).unique())


def answer(
    enrollment: Enrollment,
    lesson: Lesson,
    given: Mapping[int, set[int]],
    *,
    number: int,
    at: datetime,
) -> QuizAttempt:
    """Score one try. `given`: ids of the chosen choices by question id; `number`: which try it is, from 1.

    The same try sent twice is scored once. A try that passes finishes the lesson. Raises Unanswered or Refused.
    """
    questions = questions_of(lesson.id)
    if not questions:
        raise Refused("This quiz has no questions yet.")
    frozen = [_frozen(question, given.get(question.id, set())) for question in questions]
    right = sum(item["right"] for item in frozen)
    percent = right * 100 // len(frozen)
    attempt = _store(enrollment, lesson, frozen, right, percent, _number(enrollment, lesson, number), at)
    if attempt.passed:
        finish_lesson(enrollment, lesson, at=at)
    return attempt


def _frozen(question: Question, chosen: set[int]) -> dict[str, Any]:
    ids = {choice.id for choice in question.choices}
    if not chosen:
        raise Unanswered(UNANSWERED, field=f"q{question.id}")
    if not chosen <= ids or (question.kind == QuestionKind.SINGLE and len(chosen) > 1):
        raise Refused("Choose from the answers that are shown.", field=f"q{question.id}")
    return {
        "question": question.text,
        "kind": str(question.kind),
        "explanation": question.explanation,
        "choices": [_choice(c, chosen) for c in question.choices],
        "right": chosen == {c.id for c in question.choices if c.is_correct},
    }


def _choice(choice: Choice, chosen: set[int]) -> dict[str, Any]:
    return {"text": choice.text, "correct": choice.is_correct, "chosen": choice.id in chosen}


def _number(enrollment: Enrollment, lesson: Lesson, wanted: int) -> int:
    """The try that was meant, or the next one: nobody can leave gaps by typing a number."""
    tried = select(QuizAttempt.number).where(
        QuizAttempt.enrollment_id == enrollment.id, QuizAttempt.lesson_id == lesson.id
    )
    last = db.session.scalar(tried.order_by(QuizAttempt.number.desc()).limit(1)) or 0
    return wanted if 1 <= wanted <= last else last + 1


def _store(
    enrollment: Enrollment, lesson: Lesson, frozen: list[Any], right: int, percent: int, number: int, at: datetime
) -> QuizAttempt:
    key = {"enrollment_id": enrollment.id, "lesson_id": lesson.id, "number": number}
    db.session.execute(
        insert(QuizAttempt)
        .values(
            **key,
            answers=frozen,
            right=right,
            total=len(frozen),
            percent=percent,
            passed=percent >= lesson.pass_percent,
            at=at,
        )
        .on_conflict_do_nothing()
    )
    return db.session.scalars(select(QuizAttempt).filter_by(**key)).one()
