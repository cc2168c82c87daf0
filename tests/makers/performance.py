"""The evaluation at the end of a program: somebody who may hand in a recording, and attempts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from credentials.models import EvaluationSubmission, EvaluationVerdict
from credentials.performance.contents import PASS, RESUBMIT, Assessed
from credentials.performance.deciding import decide, take
from credentials.performance.submitting import Handed, submit
from foundation.db import db

REFLECTION = "I stayed with the client's words. I would leave more of the closing to them next time."


def evaluated_program(school: Any, **wishes: Any) -> Any:
    """A program that ends with an evaluation."""
    from tests.makers.offers import program

    return program(school, **{"facts": {"evaluation": True}, **wishes})


def recording(school: Any, enrollment: Any, **wishes: Any) -> EvaluationSubmission:
    """A recording handed in today."""
    known = db.session.merge(enrollment)
    facts: dict[str, Any] = {
        "about_on": (school.now() - timedelta(days=2)).date(),
        "minutes": 35,
        "link": "https://recordings.example.com/one",
        "transcript": "Coach: What would make this worth your while?",
        "reflection": REFLECTION,
        "client_agrees": True,
    }
    return submit(known.user, known.public_id, Handed(**(facts | wishes)), at=school.now())


def verdict(school: Any, by: Any, attempt: Any, *, passed: bool = True) -> EvaluationVerdict:
    """Taken and decided by an assessor."""
    assessor = db.session.merge(by)
    take(assessor, attempt.public_id, at=school.now())
    return decide(assessor, attempt.public_id, assessed(passed=passed), at=school.now())


def assessed(*, passed: bool = True) -> Assessed:
    grades = dict.fromkeys(range(1, 9), "at") | ({} if passed else {7: "below"})
    comments = {} if passed else {7: "Three of the questions held the answer already."}
    changes = "" if passed else "Ask one open question at a time."
    return Assessed(grades, comments, "Calm and exact.", PASS if passed else RESUBMIT, changes)
