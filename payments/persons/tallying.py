"""Tallying: what one person has paid, had back and still owes, each currency for itself, from the ledger of money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from foundation.money import Money
from payments.books.summing import COLUMNS
from payments.models import EnrollmentOrder, MoneyEntry, OrderState
from payments.models.orders import OWES


@dataclass(frozen=True, slots=True)
class Tally:
    """Paid, given back, taken by the bank, what stays of it, and what is still open; all in one currency."""

    currency: str
    paid: Money
    back: Money
    taken: Money
    open: Money

    @property
    def stays(self) -> Money:
        """What the school has of it; Stripe's fees are the school's own affair."""
        return self.paid - self.back - self.taken


def tallies(orders: Iterable[EnrollmentOrder], entries: Iterable[MoneyEntry]) -> list[Tally]:
    """One a currency, by its name."""
    lines, known = list(entries), list(orders)
    currencies = {line.currency for line in lines} | {order.currency for order in known}
    return [_tally(currency, known, lines) for currency in sorted(currencies)]


def _tally(currency: str, orders: list[EnrollmentOrder], entries: list[MoneyEntry]) -> Tally:
    mine = [line for line in entries if line.currency == currency]

    def of(column: str) -> Money:
        return Money(sum(line.cents for line in mine if line.kind in COLUMNS[column]), currency)

    open_cents = sum(open_of(order, mine) for order in orders if order.currency == currency)
    return Tally(
        currency, of("charged") + of("transferred"), -of("refunded"), -of("disputed"), Money(open_cents, currency)
    )


def open_of(order: EnrollmentOrder, entries: Iterable[MoneyEntry]) -> int:
    """Cents that an order still asks for; one that nobody has paid for yet asks for nothing.

    What has come of an invoice that is not paid whole is taken off.
    """
    if order.state not in OWES:
        return 0
    open_cents = sum(due.with_tax.cents for due in order.dues if due.is_open)
    if order.state != OrderState.INVOICED:
        return open_cents
    return max(0, open_cents - sum(line.cents for line in entries if line.order_id == order.id))
