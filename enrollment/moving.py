"""Moving: a person goes to another cohort of the same program, or gives up the seat and comes back later.

The enrollment goes along, with all that was made and earned in it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from accounts.models import User
from enrollment import enrolling, seating
from enrollment.access import clock
from enrollment.models import Cohort, Enrollment, EnrollmentState
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused

ELSEWHERE = "You have been in that cohort before. Write to us, and we find a way."


def lock_both(one: Cohort, other: Cohort) -> None:
    """In the order of their numbers, so that two who change places don't wait for each other for ever.

    A row that names a cohort holds it a little already: lock before such a row is written.
    """
    for cohort in sorted((one, other), key=lambda c: c.id):
        seating.lock(cohort)


def move_to(
    enrollment: Enrollment,
    cohort: Cohort,
    *,
    ref: str,
    held: str = "",
    at: datetime,
    actor: User | None = None,
    reason: str = "",
) -> None:
    """Take a seat in another cohort and free the one in this; `ref` names whose it is, `held` one that is held there.

    Raises SoldOut, Refused.
    """
    old = enrollment.cohort
    if cohort.program_id != old.program_id or cohort.id == old.id:
        raise Refused("Choose another cohort of the same program.", "cohort")
    lock_both(old, cohort)
    known = select(Enrollment.id).where(Enrollment.user_id == enrollment.user_id, Enrollment.cohort_id == cohort.id)
    if db.session.scalar(known) is not None:
        raise Refused(ELSEWHERE, "cohort")
    mine = seating.held_seat(held, at)
    if mine is None and seating.seats_left(cohort, at) < 1:
        raise seating.SoldOut("The last seat there has just gone.", "cohort")
    _free(enrollment, ref, at=at)
    if mine is not None:
        seating.pass_on(mine, ref=ref, until=None)
    enrollment.seat_id = seating.take(cohort, ref=ref, at=at).id
    enrollment.cohort_id = cohort.id
    db.session.flush()
    db.session.refresh(enrollment, ["cohort", "seat"])
    facts = {"was": old.code, "to": cohort.code, "reason": reason}
    record("enrollment.moved", subject=enrollment, actor=actor, at=at, **facts)
    clock.follow_move(enrollment, old, at=at)
    if enrollment.state == EnrollmentState.PAUSED:
        enrolling.move(enrollment, EnrollmentState.ACTIVE, at=at, actor=actor)


def defer(enrollment: Enrollment, *, ref: str, at: datetime, actor: User | None = None, reason: str = "") -> None:
    """Give up the seat for now. What was made and earned stays; the course rests until they come back."""
    enrolling.move(enrollment, EnrollmentState.PAUSED, at=at, actor=actor, reason=reason)
    _free(enrollment, ref, at=at)


def _free(enrollment: Enrollment, ref: str, *, at: datetime) -> None:
    for seat in {seat for seat in (enrollment.seat, seating.live_seat(ref)) if seat is not None}:
        seating.release(seat, at=at)
