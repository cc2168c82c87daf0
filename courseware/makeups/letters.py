"""The letters of make-ups."""

from __future__ import annotations

from datetime import datetime

from courseware.models import MakeUp, MakeUpState
from foundation.filters import hours
from mail.promising import owe_letter

SAYS = {
    MakeUpState.ACCEPTED: "accepted",
    MakeUpState.RETURNED: "returned",
    MakeUpState.TAKEN_BACK: "taken_back",
}


def promise_decision(made: MakeUp, *, at: datetime) -> None:
    """Tell a trainee what was decided, and what to change."""
    user = made.enrollment.user
    owe_letter(
        "make_up.decided",
        to=user.email,
        facts={
            "name": user.first_name,
            "title": made.live_class.title,
            "said": SAYS[made.state],
            "reason": made.reason,
            "hours": hours(made.minutes),
            "enrollment": made.enrollment.public_id,
            "live_class": made.live_class.public_id,
        },
        dedupe=f"make_up.decided:{made.id}:{made.state}",
        at=at,
        user_id=user.id,
    )
