"""Chapter: how the coming cohorts may be paid, and the codes that are about."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from demo.people import person
from enrollment.models import Cohort
from foundation.db import db
from payments.models import PlanKind
from payments.pricing import offering
from payments.pricing.offering import CodeDraft, PlanDraft
from payments.scholarships import giving
from payments.scholarships.giving import Gift

INSTALMENTS = {"practitioner": (4, 2), "foundations": (2, 2)}
"""Number, and months between two, as the programs' own pages promise."""


def set_prices(at: datetime) -> None:
    """In full, with an early price while enrollment is young; a deposit; instalments, an invoice at the same total."""
    owner = person("ingrid-solheim-achebe")
    query = (
        db.session.query(Cohort)
        .join(Cohort.program)
        .filter(Cohort.closes_at > at)
        .order_by(Cohort.starts_on, Cohort.id)
    )
    for cohort in query:
        for draft in _drafts(cohort, at):
            offering.offer(cohort, draft, actor=owner, at=max(at - timedelta(days=20), cohort.created_at))
    gift = Gift("Comes back after a hard year", percent=30)
    giving.give(person("sione-fonua"), gift, actor=owner, at=at - timedelta(days=3))
    for code in _codes(at):
        offering.give_out(code, actor=owner, at=at - timedelta(days=12))


def _drafts(cohort: Cohort, at: datetime) -> list[PlanDraft]:
    price, (number, every) = cohort.price_cents, INSTALMENTS[cohort.program.slug]
    last_day = (cohort.opens_at + timedelta(days=30)).astimezone(cohort.zone).date()
    early = datetime.combine(last_day, time(), cohort.zone)
    made = [PlanDraft(PlanKind.FULL, "In full", price, from_at=early if early > at else None)]
    if early > at:
        made.insert(0, PlanDraft(PlanKind.FULL, "Early bird, in full", price - price // 20, until_at=early))
    balance_on = cohort.starts_on - timedelta(days=7)
    if balance_on > at.date() + timedelta(days=14):
        made.append(
            PlanDraft(PlanKind.DEPOSIT, "Deposit, then the balance", price, deposit_cents=80000, balance_on=balance_on)
        )
    title = f"{number} instalments, one every {every} months"
    made.append(PlanDraft(PlanKind.INSTALMENTS, title, price, instalments=number, every_months=every))
    return [*made, PlanDraft(PlanKind.INVOICE, "My employer pays by invoice", price, invoice_days=30)]


def _codes(at: datetime) -> list[CodeDraft]:
    end = (at + timedelta(days=60)).replace(hour=23, minute=0, second=0, microsecond=0)
    return [
        CodeDraft("ALUMNI10", "Thanks to those who sent a friend", percent=10, until_at=end),
        CodeDraft("FULLRIDE26", "The board's scholarship, one seat a year", percent=100, uses=1, until_at=end),
    ]
