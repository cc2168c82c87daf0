"""What applicants are told, each state in a letter of its own words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel.dates import format_date

from enrollment.applications.models import Application
from foundation.filters import shown_datetime
from mail.models import Letter
from mail.promising import promise_letter


def received(application: Application, *, again: bool, at: datetime) -> Letter:
    title = "Your answers have arrived" if again else "Your application has arrived"
    return _tell(application, at, title, ["We read it and write to you. You can withdraw it at any time."])


def more_asked(application: Application, *, at: datetime) -> Letter:
    lines = ["Before we decide we should like to know more:", application.word]
    return _tell(application, at, "One more question about your application", lines)


def accepted(application: Application, *, at: datetime) -> Letter:
    """The way in, which is theirs alone, and until when."""
    user, cohort = application.user, application.cohort
    assert application.due_until is not None
    until = shown_datetime(application.due_until, user.time_zone)
    held = "A seat is held for you" if cohort.holds_seats else "You can enroll, while a seat is left,"
    lines = [application.word, f"{held} until {until}. It costs {cohort.price.shown()}; sign in with this address."]
    return _tell(application, at, "You are accepted", [line for line in lines if line], "Enroll")


def due_soon(application: Application, *, at: datetime) -> Letter:
    assert application.due_until is not None
    until = shown_datetime(application.due_until, application.user.time_zone)
    return _tell(application, at, "Your acceptance ends soon", [f"You can enroll until {until}."], "Enroll")


def declined(application: Application, *, at: datetime) -> Letter:
    lines = ["We can't offer you a seat in this cohort.", application.word]
    return _tell(application, at, "About your application", lines, "See other dates")


def withdrawn(application: Application, *, at: datetime) -> Letter:
    lines = ["You have withdrawn it. You can apply again whenever you like."]
    return _tell(application, at, "Your application is withdrawn", lines, "See other dates")


def lapsed(application: Application, *, at: datetime) -> Letter:
    is_off = application.cohort.cancelled_at is not None
    why = "The cohort does not take place." if is_off else "The time to enroll is over, and nobody has enrolled by it."
    return _tell(application, at, "Your application has ended", [why], "See other dates")


def _tell(
    application: Application, at: datetime, title: str, lines: list[str], button: str = "See your application"
) -> Letter:
    cohort, user = application.cohort, application.user
    facts: dict[str, Any] = {
        "name": user.first_name,
        "title": title,
        "lines": lines,
        "program": cohort.program.title,
        "slug": cohort.program.slug,
        "cohort": cohort.title,
        "code": cohort.code,
        "starts_on": format_date(cohort.starts_on, format="long", locale="en_US"),
        "button": button,
    }
    mark = f"application.told:{application.id}:{application.revision}:{title}"
    return promise_letter("application.told", to=user.email, facts=facts, dedupe=mark, at=at, user_id=user.id)
