"""Currencies as Stripe counts them, which is not always as ISO 4217 or a dictionary of languages does.

Source: https://docs.stripe.com/currencies (minor units, special cases, minimum charge amounts), read in November 2026.
"""

from __future__ import annotations


def _named(words: str) -> frozenset[str]:
    return frozenset(words.split())


NO_DECIMALS = _named("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF")
THREE_DECIMALS = _named("BHD JOD KWD OMR TND")
"""The last digit has to be a zero."""
WHOLE = _named("ISK UGX")
"""Counted in hundredths as before, though there are none any more: only whole units can be charged. HUF and TWD are
charged with two decimals; it is payouts that are whole there, and the school's bank is not this program's."""
TWO_DECIMALS = _named(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC"
    " CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES KGS KHR KYD"
    " KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP"
    " PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU UZS"
    " WST XCD XCG YER ZAR ZMW"
)
TAKEN = NO_DECIMALS | THREE_DECIMALS | WHOLE | TWO_DECIMALS
LEAST = {"USD": 50, "AED": 200, "AUD": 50, "BGN": 100, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1500, "DKK": 250}
LEAST |= {"EUR": 50, "GBP": 30, "HKD": 400, "HUF": 17500, "INR": 50, "JPY": 50, "MXN": 1000, "MYR": 200, "NOK": 300}
LEAST |= {"NZD": 50, "PLN": 200, "RON": 200, "SEK": 300, "SGD": 50, "THB": 1000}
"""The smallest charge, in the smallest unit. Of other currencies Stripe says only that they are converted."""


def places(currency: str) -> int:
    """Digits after the point in Stripe's amounts: 500 is 5 ISK, 500 JPY, and 0.5 KWD."""
    return 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2


def step(currency: str) -> int:
    """Every amount is a multiple of this many of the smallest unit."""
    return 100 if currency in WHOLE else 10 if currency in THREE_DECIMALS else 1


def least(currency: str) -> int:
    """The smallest sum, in the smallest unit, that can be charged."""
    return LEAST.get(currency, max(50, step(currency)))


def rounded(cents: int, currency: str) -> int:
    """Down to a sum that can be charged or given back."""
    return cents - cents % step(currency)
