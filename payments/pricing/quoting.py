"""Quoting: what a buyer may choose for a cohort today, and what each choice costs, to the day and the cent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from accounts.models import User
from enrollment.models import Cohort
from foundation.db import db
from foundation.errors import Refused
from foundation.money import Money
from payments.models import PlanKind, PricePlan, PromotionCode
from payments.pricing import discounting
from payments.pricing.spreading import Due, spread

IN_FULL = "full"


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to pay, with a code taken off where there is one. `key` names it in the form."""

    key: str
    kind: PlanKind
    title: str
    list_cents: int
    currency: str
    dues: tuple[Due, ...]
    until: datetime | None = None
    every_months: int = 1
    lets_in: bool = False

    @property
    def total(self) -> Money:
        return Money(sum(due.cents for due in self.dues), self.currency)

    @property
    def list_price(self) -> Money:
        return Money(self.list_cents, self.currency)

    @property
    def is_invoice(self) -> bool:
        return self.kind == PlanKind.INVOICE

    @property
    def today(self) -> Money:
        """What the buyer pays at once; nothing where an employer is sent an invoice."""
        return Money(0 if self.is_invoice else self.dues[0].cents, self.currency)

    @property
    def later(self) -> list[tuple[Money, date]]:
        dues = self.dues if self.is_invoice else self.dues[1:]
        return [(Money(due.cents, self.currency), due.on) for due in dues]

    @property
    def off(self) -> Money:
        return self.list_price - self.total


def offers(cohort: Cohort, *, at: datetime, code: PromotionCode | None = None) -> list[Offer]:
    """Every way to pay at a moment, in the school's order; in full first where the school says nothing else.

    Where a code leaves nothing to pay there is nothing to choose either.
    """
    query = select(PricePlan).where(PricePlan.cohort_id == cohort.id).order_by(PricePlan.position, PricePlan.id)
    live = [plan for plan in db.session.scalars(query) if plan.is_live(at)]
    made = [_offer(cohort, plan, at, code) for plan in live]
    if not any(plan.kind == PlanKind.FULL for plan in live):
        made.insert(0, _list_price(cohort, at, code))
    return made if any(offer.total.cents for offer in made) else made[:1]


def chosen(
    cohort: Cohort, key: str, typed: str, user: User | None, *, at: datetime
) -> tuple[Offer, PromotionCode | None]:
    """The offer a buyer has chosen, at the price of this moment; a code is locked until the transaction ends.

    Raises CodeRefused beside `promo`, Refused beside `plan` where the offer has ended.
    """
    code = discounting.find(typed, lock=True) if typed.strip() else None
    if code is not None:
        discounting.check(code, cohort, user, at=at)
    for offer in offers(cohort, at=at, code=code):
        if not key or offer.key == key:
            return offer, code
    raise Refused("This way to pay is not on offer any more. Choose again.", "plan")


def _offer(cohort: Cohort, plan: PricePlan, at: datetime, code: PromotionCode | None) -> Offer:
    dues = spread(
        plan.kind,
        _less(plan.total_cents, code, cohort.currency),
        at.astimezone(cohort.zone).date(),
        deposit=plan.deposit_cents or 0,
        balance_on=plan.balance_on or cohort.starts_on,
        number=plan.instalments or 1,
        every=plan.every_months,
        invoice_days=plan.invoice_days or 0,
        currency=cohort.currency,
    )
    return Offer(
        plan.public_id,
        _kind(plan.kind, dues),
        plan.title,
        plan.total_cents,
        cohort.currency,
        tuple(dues),
        plan.until_at,
        plan.every_months,
        plan.lets_in,
    )


def _kind(kind: PlanKind, dues: list[Due]) -> PlanKind:
    """A plan that a code has made so small that it is paid at once is paid in full."""
    by_invoice = kind == PlanKind.INVOICE and dues[0].cents > 0
    return kind if len(dues) > 1 or by_invoice else PlanKind.FULL


def _list_price(cohort: Cohort, at: datetime, code: PromotionCode | None) -> Offer:
    less = _less(cohort.price_cents, code, cohort.currency)
    dues = spread(PlanKind.FULL, less, at.astimezone(cohort.zone).date(), currency=cohort.currency)
    return Offer(IN_FULL, PlanKind.FULL, "In full", cohort.price_cents, cohort.currency, tuple(dues))


def _less(cents: int, code: PromotionCode | None, currency: str) -> int:
    return cents - discounting.taken_off(code, cents, currency) if code else cents
