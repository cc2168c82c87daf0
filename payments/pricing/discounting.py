"""Discounting: whether a code fits a buyer and a cohort, what it takes off, and that it is never used too often."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from accounts.models import User
from enrollment.models import Cohort
from foundation import currencies
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from payments.models import CodeUse, EnrollmentOrder, OrderState, PromotionCode

ENDED = (OrderState.EXPIRED, OrderState.FAILED, OrderState.CANCELLED)


class CodeRefused(Refused):
    """The code can't be used here; said beside its field."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "promo")


def spelled(typed: str) -> str:
    """A code as it is kept: without spaces, in capitals."""
    return "".join(typed.split()).upper()[:40]


def find(typed: str, *, lock: bool = False) -> PromotionCode:
    """Raises CodeRefused for a code there is not. Locked, nobody else uses it until the transaction ends."""
    query = select(PromotionCode).where(PromotionCode.code == spelled(typed))
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise CodeRefused("We don't know this code. Look at its letters once more.")
    return found


def check(code: PromotionCode, cohort: Cohort, user: User | None, *, at: datetime) -> None:
    """Raises CodeRefused, saying why a code can't be used for a cohort by a person at a moment.

    For a visitor whose account is made with the order, `user` is None until then.
    """
    if not code.is_active or (code.until_at and code.until_at <= at):
        raise CodeRefused("This code has ended.")
    if code.from_at and at < code.from_at:
        raise CodeRefused("This code is not valid yet.")
    if (code.program_id or cohort.program_id) != cohort.program_id or (code.cohort_id or cohort.id) != cohort.id:
        raise CodeRefused("This code is for another course.")
    if code.currency and code.currency != cohort.currency:
        raise CodeRefused(f"This code is for prices in {code.currency}.")
    if code.for_user_id is not None and (user is None or code.for_user_id != user.id):
        raise CodeRefused("This scholarship was given to somebody else. Sign in as the one it was given to.")
    if code.for_user_id is None and code.email and user is not None and code.email != user.email.lower():
        raise CodeRefused("This code was given to somebody else. Sign in with the address it was sent to.")
    if code.uses is not None and used(code.id) >= code.uses:
        raise CodeRefused("This code has been used as often as it may be.")


def used(code_id: int) -> int:
    """How often a code stands in an order that led, or still can lead, to a seat."""
    query = select(func.count(CodeUse.id)).join(CodeUse.order).where(CodeUse.code_id == code_id)
    return db.session.scalar(query.where(EnrollmentOrder.state.not_in(ENDED))) or 0


def taken_off(code: PromotionCode, cents: int, currency: str = "USD") -> int:
    """Cents that a code takes off a sum: a share is rounded half up to whole cents, and nothing goes below zero.

    Where only whole units can be charged, it is those.
    """
    if code.percent is not None:
        step = currencies.step(currency)
        return (cents * code.percent + 50 * step) // (100 * step) * step
    return min(code.cents or 0, cents)


def use(code: PromotionCode, order: EnrollmentOrder, cents_off: int, *, at: datetime) -> None:
    """Write down that a code was used; its row is locked by the caller (`find(lock=True)`)."""
    db.session.add(CodeUse(code_id=code.id, order_id=order.id, cents_off=cents_off, at=at))
    record("order.code_used", subject=order, at=at, code=code.code, cents=cents_off)
