"""Programs, cohorts and enrollments."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from enrollment.enrolling import activate
from enrollment.models import Cohort, Enrollment, Level, Program
from foundation.db import db


def program(school: Any, title: str = "The Practitioner Program", **wishes: Any) -> Program:
    values = {
        "slug": f"program-{next(school.number)}",
        "title": title,
        "level": Level.LEVEL2,
        "minutes": 7800,
        "core_minutes": 6480,
        "synchronous_minutes": 4200,
        "summary": "Become a coach.",
        "description_md": "Learn.",
        "created_at": school.now(),
        "facts": {},
    }
    made = Program(**(values | wishes))
    db.session.add(made)
    db.session.flush()
    return made


def cohort(school: Any, *, of: Program | None = None, starts_in: int = 30, **wishes: Any) -> Cohort:
    offered = db.session.merge(of, load=False) if of else program(school)
    starts = (school.now() + timedelta(days=starts_in)).date()
    values = {
        "code": f"PR-{next(school.number)}",
        "program_id": offered.id,
        "title": "Spring",
        "starts_on": starts,
        "ends_on": starts + timedelta(days=180),
        "time_zone": "America/New_York",
        "seats": 12,
        "price_cents": 480000,
        "currency": "USD",
        "opens_at": school.now() - timedelta(days=60),
        "closes_at": school.now() + timedelta(days=max(starts_in, 1)),
        "created_at": school.now(),
    }
    made = Cohort(**(values | wishes))
    db.session.add(made)
    db.session.flush()
    return made


def enrollment(school: Any, user: Any, cohort: Any) -> Enrollment:
    return activate(db.session.merge(user), db.session.merge(cohort), None, at=school.now())
