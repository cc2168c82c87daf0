"""What a trainee is told about the clock: it ends soon, it has ended, it is longer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from babel.dates import format_date

from enrollment.access.models import AccessChange
from enrollment.models import Enrollment
from mail.models import Letter
from mail.promising import promise_letter


def ends_soon(enrollment: Enrollment, days: int, *, at: datetime) -> Letter:
    """Once for each of the days ahead, as long as the last day stays what it is."""
    mark = f"access.ends_soon:{enrollment.id}:{enrollment.access_until}:{days}"
    return promise_letter("access.ends_soon", **_about(enrollment, at), dedupe=mark)


def ended(enrollment: Enrollment, *, at: datetime) -> Letter:
    mark = f"access.ended:{enrollment.id}:{enrollment.access_until}"
    return promise_letter("access.ended", **_about(enrollment, at), dedupe=mark)


def extended(enrollment: Enrollment, change: AccessChange, *, at: datetime) -> Letter:
    return promise_letter("access.extended", **_about(enrollment, at), dedupe=f"access.extended:{change.id}")


def _about(enrollment: Enrollment, at: datetime) -> dict[str, Any]:
    cohort, user = enrollment.cohort, enrollment.user
    facts = {
        "name": user.first_name,
        "program": cohort.program.title,
        "cohort": cohort.title,
        "enrollment": enrollment.public_id,
        "until": _day(enrollment.access_until),
    }
    return {"to": user.email, "facts": facts, "at": at, "user_id": user.id}


def _day(day: date | None) -> str:
    return format_date(day, format="long", locale="en_US") if day else ""
