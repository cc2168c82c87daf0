"""Offering: the school puts ways to pay on offer and gives out codes; what was once sold is never changed by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from accounts.models import User
from enrollment.models import Cohort
from foundation import currencies
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from foundation.money import Money
from payments.models import PlanKind, PricePlan, PromotionCode
from payments.pricing import discounting


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A way to pay as it was typed; sums in the cohort's smallest unit."""

    kind: PlanKind
    title: str
    total_cents: int
    deposit_cents: int | None = None
    balance_on: date | None = None
    instalments: int | None = None
    every_months: int = 1
    invoice_days: int | None = None
    lets_in: bool = False
    from_at: datetime | None = None
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CodeDraft:
    """A code as it was typed: a share or a sum."""

    code: str
    reason: str
    percent: int | None = None
    cents: int | None = None
    currency: str | None = None
    cohort: Cohort | None = None
    email: str | None = None
    uses: int | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None


def offer(cohort: Cohort, draft: PlanDraft, *, actor: User, at: datetime) -> PricePlan:
    """Put a way to pay on offer. Raises Refused beside the field that does not fit."""
    _check_plan(cohort, draft, currencies.least(cohort.currency))
    last = db.session.scalar(select(func.max(PricePlan.position)).where(PricePlan.cohort_id == cohort.id)) or 0
    plan = PricePlan(
        cohort_id=cohort.id,
        kind=draft.kind,
        title=draft.title,
        total_cents=draft.total_cents,
        deposit_cents=draft.deposit_cents if draft.kind == PlanKind.DEPOSIT else None,
        balance_on=draft.balance_on if draft.kind == PlanKind.DEPOSIT else None,
        instalments=draft.instalments if draft.kind == PlanKind.INSTALMENTS else None,
        every_months=draft.every_months if draft.kind == PlanKind.INSTALMENTS else 1,
        invoice_days=draft.invoice_days if draft.kind == PlanKind.INVOICE else None,
        lets_in=draft.lets_in and draft.kind == PlanKind.INVOICE,
        from_at=draft.from_at,
        until_at=draft.until_at,
        position=last + 1,
        created_at=at,
    )
    db.session.add(plan)
    db.session.flush()
    record("price_plan.offered", subject=plan, actor=actor, at=at, cohort=cohort.code, cents=plan.total_cents)
    return plan


def _check_plan(cohort: Cohort, draft: PlanDraft, least: int) -> None:
    if draft.total_cents < least:
        smallest = Money(least, cohort.currency)
        raise Refused(f"Stripe takes no payment under {smallest}; for nothing at all, give out a code.", "total")
    if draft.until_at and draft.from_at and draft.until_at <= draft.from_at:
        raise Refused("It ends before it begins.", "until")
    if draft.kind == PlanKind.DEPOSIT:
        _check_deposit(cohort, draft, least)
    elif draft.kind == PlanKind.INSTALMENTS:
        _check_instalments(cohort, draft, least)
    elif (
        draft.kind == PlanKind.INVOICE
        and not 0 <= (draft.invoice_days if draft.invoice_days is not None else -1) <= 120
    ):
        raise Refused("Between 0 and 120 days.", "invoice_days")


def _check_deposit(cohort: Cohort, draft: PlanDraft, least: int) -> None:
    if draft.deposit_cents is None or draft.deposit_cents < least:
        raise Refused("How much is paid at once?", "deposit")
    if draft.total_cents - draft.deposit_cents < least:
        raise Refused("The deposit has to be smaller than the price.", "deposit")
    if draft.balance_on is None:
        raise Refused("On which day is the rest due?", "balance_on")
    if draft.balance_on > cohort.ends_on:
        raise Refused("The rest is due before the cohort ends.", "balance_on")


def _check_instalments(cohort: Cohort, draft: PlanDraft, least: int) -> None:
    if draft.instalments is None or not 2 <= draft.instalments <= 36:
        raise Refused("Between 2 and 36 instalments.", "instalments")
    if not 1 <= draft.every_months <= 12:
        raise Refused("Between one month and twelve.", "every_months")
    if draft.total_cents % (draft.instalments * currencies.step(cohort.currency)):
        raise Refused("The price has to divide into equal instalments, to the cent.", "total")
    if draft.total_cents // draft.instalments < least:
        raise Refused("Each instalment would be too small for Stripe to take.", "instalments")


def stop_plan(plan: PricePlan, *, actor: User, at: datetime) -> None:
    """Nobody can choose it any more; who has, goes on paying by it. Said twice, it is said once."""
    if plan.is_offered:
        plan.is_offered = False
        record("price_plan.stopped", subject=plan, actor=actor, at=at)


def resume_plan(plan: PricePlan, *, actor: User, at: datetime) -> None:
    """On offer again."""
    if not plan.is_offered:
        plan.is_offered = True
        record("price_plan.resumed", subject=plan, actor=actor, at=at)


def give_out(draft: CodeDraft, *, actor: User, at: datetime) -> PromotionCode:
    """A new code. Raises Refused beside the field that does not fit."""
    _check_code(draft)
    code = PromotionCode(
        code=discounting.spelled(draft.code),
        reason=draft.reason,
        percent=draft.percent,
        cents=draft.cents,
        currency=draft.currency if draft.cents else None,
        cohort_id=draft.cohort.id if draft.cohort else None,
        email=draft.email.lower() if draft.email else None,
        uses=draft.uses,
        from_at=draft.from_at,
        until_at=draft.until_at,
        created_by_id=actor.id,
        created_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(code)
            db.session.flush()
    except IntegrityError as error:
        raise Refused("There is a code of this spelling already; codes are never used again.", "code") from error
    facts = {"code": code.code, "reason": code.reason, "worth": code.worth}
    record("promotion_code.given_out", subject=code, actor=actor, at=at, **facts)
    return code


def _check_code(draft: CodeDraft) -> None:
    if len(discounting.spelled(draft.code)) < 4:
        raise Refused("At least four letters or digits, so that nobody guesses it.", "code")
    if (draft.percent is None) == (draft.cents is None):
        raise Refused("Either a percentage or a sum.", "percent")
    if draft.percent is not None and not 1 <= draft.percent <= 100:
        raise Refused("Between 1 and 100 percent.", "percent")
    if draft.cents is not None and draft.currency not in currencies.TAKEN:
        raise Refused("Three letters of a currency that Stripe takes, such as USD or EUR.", "currency")
    if draft.uses is not None and draft.uses < 1:
        raise Refused("At least once, or leave it empty.", "uses")
    if draft.until_at and draft.from_at and draft.until_at <= draft.from_at:
        raise Refused("It ends before it begins.", "until")


def set_active(code: PromotionCode, is_active: bool, *, actor: User, at: datetime) -> None:
    """Stop a code, or let it be used again; orders that used it stay as they are."""
    if code.is_active != is_active:
        code.is_active = is_active
        verb = "promotion_code.resumed" if is_active else "promotion_code.stopped"
        record(verb, subject=code, actor=actor, at=at)
