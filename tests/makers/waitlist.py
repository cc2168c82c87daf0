"""Full cohorts, and people in line for them."""

from __future__ import annotations

from typing import Any

from enrollment import seating
from enrollment.models import Cohort
from enrollment.waitlist import queueing
from enrollment.waitlist.models import WaitlistEntry
from foundation.db import db
from tests.makers.offers import cohort
from tests.makers.people import user


def full_cohort(school: Any, seats: int = 1, **wishes: Any) -> Cohort:
    """Every seat is taken, under the names `gift:1`, `gift:2`, ..."""
    made = cohort(school, seats=seats, **wishes)
    for number in range(1, seats + 1):
        seating.take(made, ref=f"gift:{made.id}:{number}", at=school.now())
    return made


def waiting(school: Any, in_cohort: Any, who: Any = "Ana Lima") -> WaitlistEntry:
    """Somebody joins the line: a person, or a new one of this name."""
    person = user(school, who) if isinstance(who, str) else db.session.merge(who)
    return queueing.join(person, db.session.merge(in_cohort), at=school.now())


def freed(school: Any, in_cohort: Any, number: int = 1, at: Any = None) -> Cohort:
    """One of the seats of a full cohort comes free."""
    seat = seating.live_seat(f"gift:{in_cohort.id}:{number}")
    assert seat is not None
    seating.release(seat, at=at or school.now())
    return db.session.get_one(Cohort, in_cohort.id)
