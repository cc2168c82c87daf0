"""Publishing: a new version of the rules, added beside the old ones."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from enrollment.models import Cohort, Program
from enrollment.policies import applying
from enrollment.policies.checking import check
from enrollment.policies.models import RefundPolicy
from enrollment.policies.terms import Terms
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused


def publish(
    of: Program | Cohort | None,
    terms: Terms,
    *,
    effective_on: date,
    note: str,
    at: datetime,
    actor: User | None = None,
    after: int | None = None,
) -> RefundPolicy:
    """The next version for the school, a program or a cohort. `after`: the version that was known to the writer.

    Raises Refused where the terms can't hold, the day is over, or somebody else published meanwhile.
    """
    check(terms)
    if effective_on < applying.school_day(at):
        raise Refused("A rule can't hold for days that are over.", "effective_on")
    if isinstance(of, Cohort) and not terms.fits(of.currency):
        raise Refused(f"This cohort is sold in {of.currency}.", "currency")
    scope = applying.scope_of(of)
    known = newest_version(scope)
    if after is not None and after != known:
        raise Refused("Somebody else published a version while you wrote. Look at it, then publish yours.", "note")
    policy = RefundPolicy(
        scope=scope,
        program_id=of.id if isinstance(of, Program) else None,
        cohort_id=of.id if isinstance(of, Cohort) else None,
        version=known + 1,
        effective_on=effective_on,
        terms_json=terms.as_json(),
        note=note,
        created_by_id=actor.id if actor else None,
        created_at=at,
    )
    db.session.add(policy)
    db.session.flush()
    record("refund_policy.published", subject=policy, actor=actor, at=at, scope=scope, version=policy.version)
    return policy


def newest_version(scope: str) -> int:
    """The number of the last version, whether it holds yet or not; 0 where there is none. Writers wait in line."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"refund_policy:{scope}"))))
    return db.session.scalar(select(func.max(RefundPolicy.version)).where(RefundPolicy.scope == scope)) or 0


def versions(scope: str) -> list[RefundPolicy]:
    """Every version of a scope, the newest first."""
    query = select(RefundPolicy).where(RefundPolicy.scope == scope).options(joinedload(RefundPolicy.created_by))
    return list(db.session.scalars(query.order_by(RefundPolicy.version.desc())).unique())
