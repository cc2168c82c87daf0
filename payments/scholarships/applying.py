"""Applying: a scholarship comes while an order waits; the order is made anew with it, on the same seat."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from accounts.models import User
from foundation.db import db
from payments import ordering, paying, settling
from payments.models import EnrollmentOrder, OrderState, PromotionCode
from payments.pricing import quoting

UNPAID = (OrderState.DRAFT, OrderState.PENDING)


def waiting_order(user: User, code: PromotionCode) -> EnrollmentOrder | None:
    """The person's order that nothing has been paid for and that the scholarship fits."""
    query = select(EnrollmentOrder).where(EnrollmentOrder.user_id == user.id, EnrollmentOrder.state.in_(UNPAID))
    if code.cohort_id is not None:
        query = query.where(EnrollmentOrder.cohort_id == code.cohort_id)
    return db.session.scalars(query.order_by(EnrollmentOrder.id.desc())).first()


def apply(order: EnrollmentOrder, code: PromotionCode, *, actor: User, at: datetime) -> EnrollmentOrder | None:
    """End the order's payment page and order anew with the scholarship, in one transaction: the seat is never free.

    None where money came meanwhile. Raises GatewayDown, Refused where the order can't be made anew.
    """
    user, cohort, version = order.user, order.cohort, order.agreement_version
    plan = _same_way(order, at)
    order = paying.cancel(order.id, actor=actor, at=at)
    if order.state != OrderState.CANCELLED:
        return None
    made = ordering.place(user, cohort, agreement_version=version, plan=plan, promo=code.code, at=at)
    return made if made.amount_cents else settling.free(made.id, at=at)


def _same_way(order: EnrollmentOrder, at: datetime) -> str:
    """The key of the way to pay that was chosen; the first one where it is not on offer any more."""
    offers = quoting.offers(order.cohort, at=at)
    alike = [one.key for one in offers if (one.kind, one.title) == (order.plan_kind, order.plan_title)]
    return alike[0] if alike else ""
