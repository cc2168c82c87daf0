"""Following every clock: who is reminded on a day, and whose time is over."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from enrollment.access import clock
from enrollment.models import Enrollment, EnrollmentState
from foundation.db import db

AHEAD = (14, 60)
"""Days before the last one on which a trainee is written to."""


def to_look_at(day: date) -> list[int]:
    """Enrollments whose last day is near or gone; a day's slack for the zones."""
    near = Enrollment.access_until <= day + timedelta(days=max(AHEAD) + 1)
    runs = Enrollment.state.in_([*clock.RUNS, EnrollmentState.ACTIVE])
    query = select(Enrollment.id).where(near, runs, Enrollment.access_ended_at.is_(None))
    return list(db.session.scalars(query.order_by(Enrollment.id)))


def due_reminder(enrollment: Enrollment, day: date) -> int | None:
    """Which of the letters ahead is due on a day: the nearest only, None where there is none."""
    if enrollment.access_until is None:
        return None
    left = (enrollment.access_until - day).days
    return next((days for days in AHEAD if 0 <= left <= days), None)
