"""Telling the enrolled of a change in their timetable: one letter for one change, hours by their own clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from accounts.models import User
from courseware.models import LiveClass
from enrollment.cohorts.writing import present
from enrollment.models import Cohort
from foundation.audit import AuditLine
from foundation.db import db
from foundation.filters import count, shown_datetime
from mail.promising import promise_letter

MOST = 12


def added(cohort: Cohort, made: Sequence[LiveClass], line: AuditLine, *, at: datetime) -> None:
    coming = [one for one in made if one.starts_at > at]
    if not coming:
        return
    what = (
        f"{coming[0].title} was added." if len(coming) == 1 else f"{count(len(coming), 'class', 'classes')} were added."
    )

    def lines(user: User) -> list[str]:
        told = [f"{one.title}: {_hour(one.starts_at, user, cohort)}" for one in coming[:MOST]]
        return told + ([f"and {len(coming) - MOST} more"] if len(coming) > MOST else [])

    _tell(cohort, what, lines, line, at=at)


def moved(live_class: LiveClass, was: datetime, line: AuditLine, *, at: datetime) -> None:
    cohort = live_class.cohort
    if live_class.starts_at <= at:
        return
    is_new_hour = was != live_class.starts_at
    what = f"{live_class.title} {'has moved' if is_new_hour else 'has changed'}."

    def lines(user: User) -> list[str]:
        now = f"It is on {_hour(live_class.starts_at, user, cohort)}, for {live_class.minutes} minutes."
        return [now, f"It was on {_hour(was, user, cohort)}."] if is_new_hour else [now]

    _tell(cohort, what, lines, line, at=at)


def called_off(live_class: LiveClass, reason: str, line: AuditLine, *, at: datetime) -> None:
    cohort = live_class.cohort

    def lines(user: User) -> list[str]:
        return [f"It was to be on {_hour(live_class.starts_at, user, cohort)}.", reason]

    _tell(cohort, f"{live_class.title} is called off.", lines, line, at=at)


def _hour(moment: datetime, user: User, cohort: Cohort) -> str:
    """By their own clock, and by the class's where that is another one."""
    own = shown_datetime(moment, user.time_zone)
    there = shown_datetime(moment, cohort.time_zone)
    return own if own == there else f"{own} ({there})"


def _tell(cohort: Cohort, what: str, lines: Callable[[User], list[str]], line: AuditLine, *, at: datetime) -> None:
    db.session.flush()
    for enrollment in present(cohort):
        user = enrollment.user
        promise_letter(
            "timetable.changed",
            to=user.email,
            facts={
                "name": user.first_name,
                "program": cohort.program.title,
                "cohort": cohort.title,
                "what": what,
                "lines": lines(user),
            },
            dedupe=f"timetable.changed:{line.id}:{enrollment.id}",
            at=at,
            user_id=user.id,
        )
