"""Ways to pay, and codes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from foundation.db import db
from payments.models import PlanKind, PricePlan, PromotionCode


def plan(school: Any, cohort: Any, kind: str, **wishes: Any) -> PricePlan:
    values = {"title": kind.capitalize(), "total_cents": cohort.price_cents, "created_at": school.now()}
    if kind == "deposit":
        values |= {"deposit_cents": 50000, "balance_on": cohort.starts_on - timedelta(days=7)}
    if kind == "instalments":
        values |= {"instalments": 4}
    made = PricePlan(cohort_id=cohort.id, kind=PlanKind(kind), **(values | wishes))
    db.session.add(made)
    db.session.flush()
    return made


def code(school: Any, spelled: str = "SPRING10", **wishes: Any) -> PromotionCode:
    values = {"percent": 10} if "cents" not in wishes else {}
    values |= {"reason": "Spring", "created_at": school.now()}
    made = PromotionCode(code=spelled, **(values | wishes))
    db.session.add(made)
    db.session.flush()
    return made
