"""Binding: an order keeps the rules it was placed under, whatever is published later."""

from __future__ import annotations

from datetime import datetime

from enrollment.policies import applying
from enrollment.policies.applying import Rule
from foundation.db import db
from payments.agreeing import Outdated
from payments.models import EnrollmentOrder, OrderTerms


def bind(order: EnrollmentOrder, *, at: datetime, shown: str | None = None) -> Rule:
    """Write down what holds for the order's cohort at this moment; the order must have its id.

    `shown` is the mark of the rule that the buyer read. Raises Outdated where that one holds no more.
    """
    rule = applying.in_force(order.cohort, at)
    if shown is not None and shown != rule.mark:
        raise Outdated(
            "The rules for leaving have changed since you opened this page. Look at them above, then tick again; "
            "nothing has been ordered.",
            "agreed",
        )
    kept = OrderTerms(
        order_id=order.id, policy_id=rule.policy_id, version=rule.version, terms_json=rule.terms.as_json(), at=at
    )
    db.session.add(kept)
    return rule


def rule_of(order: EnrollmentOrder) -> Rule:
    """The rules of an order; one from before they were kept has those that were in force when it was placed."""
    kept = db.session.get(OrderTerms, order.id)
    if kept is None:
        return applying.in_force(order.cohort, order.created_at)
    return Rule(kept.terms, kept.policy_id, kept.version)
