"""Listing prices for staff: cohorts on sale with their ways to pay, and codes with how often they were used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, not_, or_, select
from sqlalchemy.orm import joinedload

from enrollment.models import Cohort
from foundation.db import db
from payments.models import CodeUse, EnrollmentOrder, PricePlan, PromotionCode
from payments.pricing.discounting import ENDED


def cohorts_on_sale(at: datetime) -> list[Cohort]:
    """Cohorts whose enrollment has not closed, the next to begin first."""
    query = select(Cohort).options(joinedload(Cohort.program)).where(Cohort.closes_at > at)
    return list(db.session.scalars(query.order_by(Cohort.starts_on, Cohort.id)))


def plans_of(cohorts: Iterable[Cohort]) -> dict[int, list[PricePlan]]:
    """Every way to pay that there ever was, by cohort; one statement."""
    query = select(PricePlan).where(PricePlan.cohort_id.in_([cohort.id for cohort in cohorts]))
    found: dict[int, list[PricePlan]] = {}
    for plan in db.session.scalars(query.order_by(PricePlan.position, PricePlan.id)):
        found.setdefault(plan.cohort_id, []).append(plan)
    return found


def codes(words: str, state: str, *, at: datetime) -> Select[Any]:
    """Codes with how often each stands in an order that led, or can lead, to a seat; the newest first."""
    used = (
        select(func.count(CodeUse.id))
        .join(EnrollmentOrder, EnrollmentOrder.id == CodeUse.order_id)
        .where(CodeUse.code_id == PromotionCode.id, EnrollmentOrder.state.not_in(ENDED))
        .correlate(PromotionCode)
        .scalar_subquery()
    )
    query = select(PromotionCode, used).options(joinedload(PromotionCode.cohort), joinedload(PromotionCode.created_by))
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        parts = (PromotionCode.code, PromotionCode.reason, PromotionCode.email)
        query = query.where(or_(*(part.ilike(like) for part in parts)))
    alive = and_(PromotionCode.is_active, or_(PromotionCode.until_at.is_(None), PromotionCode.until_at > at))
    if state in {"active", "ended"}:
        query = query.where(alive if state == "active" else not_(alive))
    return query.order_by(PromotionCode.created_at.desc(), PromotionCode.id.desc())
