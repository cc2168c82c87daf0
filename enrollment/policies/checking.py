"""Checking: terms that leave a gap, go backwards or give more to whoever leaves later are refused before they hold."""

from __future__ import annotations

from itertools import pairwise

from enrollment.policies.terms import Measure, Step, Terms
from foundation import currencies
from foundation.errors import Refused

ORDER = (Measure.DAYS_BEFORE, Measure.DAYS_AFTER, Measure.CLASSES, Measure.SHARE, Measure.AFTERWARDS)
MOST = {Measure.DAYS_BEFORE: 365, Measure.DAYS_AFTER: 730, Measure.CLASSES: 300, Measure.SHARE: 100}
MOST_CENTS = 10**9
ASKED_FOR = ("transfer_fee_cents", "extension_fee_cents")
FEES = ("deposit_cents", "minimum_kept_cents", "transfer_fee_cents", "extension_fee_cents")
LIMITS = {"transfers": 20, "extension_months": 60, "grace_days": 365, "completion_months": 120}


def check(terms: Terms) -> None:
    """Raises Refused that names the field: `steps`, or one of the terms' own."""
    steps = terms.steps
    if not steps or [step.measure for step in steps].count(Measure.AFTERWARDS) != 1:
        raise Refused("The last line says what comes back after everything else; there is one of it.", "steps")
    if steps[-1].measure != Measure.AFTERWARDS:
        raise Refused("Nothing may follow the line that holds after everything else.", "steps")
    for number, step in enumerate(steps[:-1], 1):
        _check_alone(step, f"Line {number}")
    _check_amount(steps[-1], "The last line")
    for number, (before, after) in enumerate(pairwise(steps), 2):
        _check_pair(before, after, f"Line {number}" if number < len(steps) else "The last line")
    _check_sums(terms)


def _check_alone(step: Step, name: str) -> None:
    least = 0 if step.measure == Measure.DAYS_BEFORE else 1
    if not least <= step.number <= MOST[step.measure]:
        raise Refused(f"{name} counts from {least} to {MOST[step.measure]}.", "steps")
    _check_amount(step, name)


def _check_amount(step: Step, name: str) -> None:
    if not 0 <= step.percent <= 100:
        raise Refused(f"{name}: from 0 to 100 percent can come back.", "steps")
    if not 0 <= step.keep_cents <= MOST_CENTS:
        raise Refused(f"{name}: the sum that is kept can't be negative.", "steps")


def _check_pair(before: Step, after: Step, name: str) -> None:
    if ORDER.index(after.measure) < ORDER.index(before.measure):
        words = "days before the first day, then days after it, then classes, then the share of the course"
        raise Refused(f"{name} goes back in time: {words}.", "steps")
    if after.measure == before.measure:
        later = before.number > after.number if after.measure == Measure.DAYS_BEFORE else before.number < after.number
        if not later:
            raise Refused(f"{name} must be later than the line above it.", "steps")
    if after.percent > before.percent:
        raise Refused(f"{name} gives back more than the line above it; whoever leaves later gets no more.", "steps")


def _check_sums(terms: Terms) -> None:
    if terms.has_sums and len(terms.currency) != 3:
        raise Refused("Say in which currency the sums are.", "currency")
    for name in FEES:
        if not 0 <= getattr(terms, name) <= MOST_CENTS:
            raise Refused("A sum can't be negative.", name)
    for name in ASKED_FOR:
        if 0 < getattr(terms, name) < currencies.least(terms.currency):
            raise Refused("Stripe takes no payment that small.", name)
    for name, most in LIMITS.items():
        if not 0 <= getattr(terms, name) <= most:
            raise Refused(f"From 0 to {most}.", name)
    if terms.completion_months < 1:
        raise Refused("At least one month.", "completion_months")
    if terms.make_ups is not None and not 0 <= terms.make_ups <= 300:
        raise Refused("From 0 to 300, or empty for as many as need be.", "make_ups")
