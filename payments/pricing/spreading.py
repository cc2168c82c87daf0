"""Spreading: a sum becomes dues, each a day and whole cents, which always add up to the sum."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from foundation import currencies
from payments.models import PlanKind


@dataclass(frozen=True, slots=True)
class Due:
    """One part of a price: cents, and the day on which it falls due."""

    cents: int
    on: date


def in_full(cents: int, today: date) -> list[Due]:
    return [Due(cents, today)]


def with_deposit(cents: int, deposit: int, balance_on: date, today: date, currency: str = "USD") -> list[Due]:
    """The deposit now and the rest on a day; all of it now where the rest is nothing, or its day has come."""
    rest = cents - deposit
    if rest < currencies.least(currency) or balance_on <= today:
        return in_full(cents, today)
    return [Due(deposit, today), Due(rest, balance_on)]


def by_month(cents: int, number: int, today: date, every: int = 1, currency: str = "USD") -> list[Due]:
    """Equal parts from today on, `every` months. What does not divide is let go in the buyer's favour, so that the
    parts stay equal and can be charged; a sum too small to be split is paid at once."""
    part = currencies.rounded(cents // number, currency)
    if part < currencies.least(currency):
        return in_full(cents, today)
    return [Due(part, later(today, n * every)) for n in range(number)]


def later(day: date, months: int) -> date:
    """The same day some months on; the month's last day where it has no such day, as Stripe bills it
    (https://docs.stripe.com/billing/subscriptions/billing-cycle)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def spread(
    kind: PlanKind,
    cents: int,
    today: date,
    *,
    deposit: int = 0,
    balance_on: date | None = None,
    number: int = 1,
    every: int = 1,
    invoice_days: int = 0,
    currency: str = "USD",
) -> list[Due]:
    """The dues of a way to pay, for a sum that may have been lowered by a code; below the least charge it is free."""
    if cents < currencies.least(currency):
        return in_full(0, today)
    if kind == PlanKind.DEPOSIT and balance_on is not None:
        return with_deposit(cents, deposit, balance_on, today, currency)
    if kind == PlanKind.INVOICE:
        return [Due(cents, today + timedelta(days=invoice_days))]
    if kind == PlanKind.INSTALMENTS:
        return by_month(cents, number, today, every, currency)
    return in_full(cents, today)
