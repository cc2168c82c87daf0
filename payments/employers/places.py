"""Places: the countries a company may be in, and what their tax numbers are called."""

from __future__ import annotations

from functools import cache

from babel import Locale

EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
KINDS = dict.fromkeys(EU.split(), "eu_vat")
KINDS |= {"AU": "au_abn", "CA": "ca_bn", "CH": "ch_vat", "GB": "gb_vat", "NO": "no_vat", "NZ": "nz_gst", "US": "us_ein"}
"""What Stripe calls a country's tax number (https://docs.stripe.com/billing/customer/tax-ids); others are not sent."""
NO_COUNTRIES = {"EU", "EZ", "UN", "XA", "XB", "XK", "QO", "ZZ"}


@cache
def countries() -> list[tuple[str, str]]:
    """Each country's code and name, by name."""
    named = Locale("en").territories.items()
    found = [(code, name) for code, name in named if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES]
    return sorted(found, key=lambda pair: pair[1])


def country(code: str) -> str:
    """Its name, or the code where there is none."""
    return dict(countries()).get(code, code)
