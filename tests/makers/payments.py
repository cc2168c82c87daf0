"""Orders, placed as a buyer places them."""

from __future__ import annotations

from typing import Any

from foundation.db import db
from payments import agreeing, ordering
from payments.models import EnrollmentOrder


def order(school: Any, user: Any, cohort: Any) -> EnrollmentOrder:
    """An order whose payment page has not been asked for yet."""
    buyer, wanted = db.session.merge(user), db.session.merge(cohort)
    return ordering.place(buyer, wanted, agreement_version=agreeing.current().version, at=school.now())
