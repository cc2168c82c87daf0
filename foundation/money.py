"""Money: whole cents with their currency. Dollars are only shown."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel.numbers import format_currency

from foundation import currencies


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in the currency's smallest unit, as Stripe counts it: cents for USD, yen for JPY."""

    cents: int
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + self._same(other).cents, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.cents - self._same(other).cents, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.cents, self.currency)

    def __str__(self) -> str:
        return self.shown()

    @property
    def decimal(self) -> Decimal:
        """The amount in whole units: 4800.00."""
        return Decimal(self.cents).scaleb(-currencies.places(self.currency))

    def shown(self, locale: str = "en_US") -> str:
        """The amount as people read it; whole amounts without decimals."""
        return _in_words(self, locale)

    def _same(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} can't be added")
        return other


def read_money(typed: str, currency: str) -> Money:
    """An amount as people write it: `1,250.50`, `$400`. Raises ValueError whose message is for them."""
    places, step = currencies.places(currency), currencies.step(currency)
    try:
        amount = Decimal(typed.replace(",", "").replace("$", "").strip()).scaleb(places)
    except InvalidOperation:
        raise ValueError("Write an amount such as 250 or 250.50.") from None
    if not amount.is_finite() or amount != amount.to_integral_value() or abs(amount) > 10**12:
        raise ValueError(f"At most {places} digits after the point.")
    if int(amount) % step:
        raise ValueError(f"{currency} is charged in steps of {Money(step, currency).decimal.normalize():f}.")
    return Money(int(amount), currency)


@lru_cache(2000)
def _in_words(money: Money, locale: str) -> str:
    """Babel reads its pattern anew each time; a school has few prices."""
    amount = money.decimal
    places = 0 if amount == amount.to_integral_value() else currencies.places(money.currency)
    pattern = "¤#,##0" + "." * bool(places) + "0" * places
    return format_currency(amount, money.currency, pattern, locale=locale, currency_digits=False)
