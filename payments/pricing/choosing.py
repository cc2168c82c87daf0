"""Choosing: the ways to pay in a buyer's form, with the code that was typed taken off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from enrollment.models import Cohort
from enrollment.policies import simulating
from enrollment.policies.applying import Rule
from payments.forms import AgreeForm
from payments.pricing import discounting, quoting


def offers(cohort: Cohort, filled: AgreeForm, user: Any, *, at: datetime) -> list[quoting.Offer]:
    """What can be chosen now; a code that does not fit is said beside its field and takes nothing off."""
    code = None
    try:
        if filled.promo.data:
            code = discounting.find(filled.promo.data)
            discounting.check(code, cohort, user if user.is_authenticated else None, at=at)
    except discounting.CodeRefused as refused:
        code = None
        if not filled.promo.errors:
            filled.refuse(refused)
    found = quoting.offers(cohort, at=at, code=code)
    filled.plan.choices = [(offer.key, offer.title) for offer in found]
    if filled.plan.data not in {offer.key for offer in found}:
        filled.plan.data = found[0].key
    return found


def looked_at(found: list[quoting.Offer], asked: str, filled: AgreeForm) -> str:
    """The way to pay that is worked out: the one that was asked for, else the one that is chosen."""
    return asked if asked in {offer.key for offer in found} else str(filled.plan.data)


def simulated(cohort: Cohort, rule: Rule, found: list[quoting.Offer], paying: str, week: str) -> simulating.Simulation:
    """What would come back of one way to pay, at its own price and as far as it is paid by then."""
    offer = next(offer for offer in found if offer.key == paying)
    dues = [(due.on, due.cents) for due in offer.dues]
    return simulating.simulation(cohort, rule, asked=week, price=offer.total, dues=dues)
