"""Pausing: a course rests by the word of staff, with its seat, and the clock stands until it goes on."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import User
from enrollment import enrolling
from enrollment.access import clock
from enrollment.access.models import AccessKind
from enrollment.models import Enrollment, EnrollmentState
from foundation.errors import Refused


def pause(enrollment: Enrollment, *, reason: str, actor: User, at: datetime) -> None:
    """The course rests with its seat, and the clock stands. Raises Refused."""
    clock.lock(enrollment)
    if enrollment.state != EnrollmentState.ACTIVE or enrollment.access_ended_at is not None:
        raise Refused("Only a course that runs can be paused.", "reason")
    enrolling.move(enrollment, EnrollmentState.PAUSED, at=at, actor=actor, reason=reason)
    enrollment.paused_since = clock.today(enrollment, at)
    clock.write(enrollment, AccessKind.PAUSED, enrollment.access_until, at=at, actor=actor, reason=reason)


def resume(enrollment: Enrollment, *, reason: str, actor: User, at: datetime) -> None:
    """The course goes on, and the last day is as many days later as it rested. Raises Refused."""
    clock.lock(enrollment)
    if enrollment.state != EnrollmentState.PAUSED or enrollment.paused_since is None:
        raise Refused("This course is not paused.", "reason")
    rested = max(clock.today(enrollment, at) - enrollment.paused_since, timedelta())
    until = enrollment.access_until + rested if enrollment.access_until else None
    enrolling.move(enrollment, EnrollmentState.ACTIVE, at=at, actor=actor, reason=reason)
    enrollment.paused_since = None
    clock.write(enrollment, AccessKind.RESUMED, until, at=at, actor=actor, reason=reason)
