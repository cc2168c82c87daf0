"""What the enrolled are told when their cohort changes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from babel.dates import format_date

from enrollment.models import Enrollment
from mail.models import Letter
from mail.promising import promise_letter

DAYS = {"starts_on": "First day", "ends_on": "Last day"}


def changed(enrollment: Enrollment, found: dict[str, list[str]], *, at: datetime) -> Letter:
    """Other days than were sold: each with what it was."""
    cohort = enrollment.cohort
    lines = [[DAYS[name], *(_day(one) for one in found[name])] for name in DAYS if name in found]
    facts = {"lines": lines, "first_day": _day(str(cohort.starts_on)), "last_day": _day(str(cohort.ends_on))}
    mark = f"cohort.changed:{enrollment.id}:{cohort.revision}"
    return promise_letter("cohort.changed", **_about(enrollment, at, **facts), dedupe=mark)


def _day(written: str) -> str:
    return format_date(date.fromisoformat(written), format="long", locale="en_US")


def _about(enrollment: Enrollment, at: datetime, **facts: Any) -> dict[str, Any]:
    cohort, user = enrollment.cohort, enrollment.user
    known = {
        "name": user.first_name,
        "program": cohort.program.title,
        "cohort": cohort.title,
        "enrollment": enrollment.public_id,
    }
    return {"to": user.email, "facts": known | facts, "at": at, "user_id": user.id}
