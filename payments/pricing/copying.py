"""Copying: the ways to pay that are on offer, for a cohort that is a copy; their days move along with its first day."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import User
from enrollment.models import Cohort
from foundation.wall import moment, on_wall
from payments.pricing import listing
from payments.pricing.offering import PlanDraft, offer


def copy_plans(old: Cohort, new: Cohort, actor: User, at: datetime) -> None:
    """In the same currency alone: sums are never converted."""
    if old.currency != new.currency:
        return
    later = new.starts_on - old.starts_on
    for plan in listing.plans_of([old]).get(old.id, []):
        if not plan.is_offered:
            continue
        due = min(plan.balance_on + later, new.ends_on) if plan.balance_on else None
        draft = PlanDraft(
            kind=plan.kind,
            title=plan.title,
            total_cents=plan.total_cents,
            deposit_cents=plan.deposit_cents,
            balance_on=due,
            instalments=plan.instalments,
            every_months=plan.every_months,
            invoice_days=plan.invoice_days,
            lets_in=plan.lets_in,
            from_at=_moved(plan.from_at, later, old, new),
            until_at=_moved(plan.until_at, later, old, new),
        )
        offer(new, draft, actor=actor, at=at)


def _moved(was: datetime | None, later: timedelta, old: Cohort, new: Cohort) -> datetime | None:
    return moment(on_wall(was, old.time_zone) + later, new.time_zone) if was else None
