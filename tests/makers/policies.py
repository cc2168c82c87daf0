"""Rules for leaving, published as the owner publishes them."""

from __future__ import annotations

from typing import Any

from enrollment.policies import applying, publishing
from enrollment.policies.models import RefundPolicy
from enrollment.policies.terms import Measure, Step, Terms
from foundation.db import db

STEPS = (
    Step(Measure.DAYS_BEFORE, 14, 100),
    Step(Measure.CLASSES, 2, 100, 40000),
    Step(Measure.SHARE, 50, 50),
    Step(Measure.AFTERWARDS, 0, 0),
)


def policy(school: Any, of: Any = None, **terms: Any) -> RefundPolicy:
    """The next version for a program, a cohort, or (None) the whole school; it holds from today."""
    place = db.session.merge(of) if of is not None else None
    made = Terms(**({"steps": STEPS, "currency": "USD"} | terms))
    at = school.now()
    return publishing.publish(place, made, effective_on=applying.school_day(at), note="Written for a test", at=at)
