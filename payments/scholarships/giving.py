"""Giving: a scholarship is a code of one use that only one person can use, and needs not type."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, or_, select

from accounts.models import User
from enrollment.models import Cohort
from foundation.audit import record
from foundation.db import db
from foundation.filters import shown_date
from mail.promising import promise_letter
from payments.models import CodeUse, EnrollmentOrder, PromotionCode
from payments.pricing import offering
from payments.pricing.discounting import ENDED
from payments.pricing.offering import CodeDraft

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Gift:
    """A share or a sum, for one cohort or for whichever they choose, until a day or for as long as they like."""

    reason: str
    percent: int | None = None
    cents: int | None = None
    currency: str | None = None
    cohort: Cohort | None = None
    until_at: datetime | None = None


def give(user: User, gift: Gift, *, actor: User, at: datetime) -> PromotionCode:
    """Write it down and tell them. Raises Refused beside the field that does not fit."""
    draft = CodeDraft(
        code="FOR-" + "".join(secrets.choice(LETTERS) for _ in range(10)),
        reason=gift.reason,
        percent=gift.percent,
        cents=gift.cents,
        currency=gift.currency,
        cohort=gift.cohort,
        email=user.email,
        uses=1,
        until_at=gift.until_at,
    )
    code = offering.give_out(draft, actor=actor, at=at)
    code.for_user_id = user.id
    db.session.flush()
    facts = {"code": code.code, "worth": code.worth, "reason": gift.reason}
    record("scholarship.given", subject=user, actor=actor, at=at, **facts)
    _tell(user, code, gift, at)
    return code


def _tell(user: User, code: PromotionCode, gift: Gift, at: datetime) -> None:
    facts: dict[str, Any] = {
        "name": user.first_name,
        "worth": code.worth,
        "cohort": f"{gift.cohort.program.title}, {gift.cohort.title}" if gift.cohort else "",
        "cohort_code": gift.cohort.code if gift.cohort else "",
        "until": shown_date(gift.until_at) if gift.until_at else "",
    }
    dedupe = f"scholarship.given:{code.id}"
    promise_letter("scholarship.given", to=user.email, facts=facts, dedupe=dedupe, at=at, user_id=user.id)


def code_for(user: Any, cohort: Cohort, at: datetime) -> str:
    """The scholarship that a person can use for a cohort now, the newest first; empty where there is none."""
    if not user.is_authenticated:
        return ""
    fits = (
        or_(PromotionCode.cohort_id.is_(None), PromotionCode.cohort_id == cohort.id),
        or_(PromotionCode.program_id.is_(None), PromotionCode.program_id == cohort.program_id),
        or_(PromotionCode.currency.is_(None), PromotionCode.currency == cohort.currency),
        or_(PromotionCode.until_at.is_(None), PromotionCode.until_at > at),
    )
    query = select(PromotionCode.code).where(PromotionCode.for_user_id == user.id, PromotionCode.is_active, *fits)
    return db.session.scalar(query.where(~_is_used()).order_by(PromotionCode.id.desc()).limit(1)) or ""


def _is_used() -> Any:
    return exists().where(
        CodeUse.code_id == PromotionCode.id,
        EnrollmentOrder.id == CodeUse.order_id,
        EnrollmentOrder.state.not_in(ENDED),
    )


def with_theirs(user_id: int) -> Select[Any]:
    """A person beside each scholarship they were given, with whether it is used; one row without any."""
    used = _is_used().correlate(PromotionCode)
    query = select(User, PromotionCode, used).outerjoin(PromotionCode, PromotionCode.for_user_id == User.id)
    return query.where(User.id == user_id).order_by(PromotionCode.id.desc())
