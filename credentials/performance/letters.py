"""The letter about a verdict. It says passed or resubmit; what to change is read on the page."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from credentials.models import EvaluationSubmission, SubmissionState
from foundation.filters import shown_date
from mail.promising import promise_letter


def promise_decided(submission: EvaluationSubmission, author: User, *, at: datetime) -> None:
    """Tell the trainee how the evaluation ended."""
    promise_letter(
        "evaluation.decided",
        to=submission.user.email,
        facts={
            "name": submission.user.first_name,
            "author": author.name,
            "day": shown_date(submission.about_on),
            "level": str(submission.level),
            "passed": submission.state == SubmissionState.PASSED,
            "submission": submission.public_id,
        },
        dedupe=f"evaluation.decided:{submission.public_id}",
        at=at,
        user_id=submission.user_id,
    )
