"""Money is counted as Stripe counts it (https://docs.stripe.com/currencies), also where a dictionary says otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation import currencies
from foundation.money import Money, read_money

STRIPES = [
    # what a person types, what Stripe is asked for, what is shown
    ("10", "USD", 1000, "$10"),
    ("10.50", "USD", 1050, "$10.50"),
    ("500", "JPY", 500, "¥500"),
    ("5", "ISK", 500, "ISK5"),
    ("5", "UGX", 500, "UGX5"),
    ("5.12", "KWD", 5120, "KWD5.120"),
    ("1200.50", "HUF", 120050, "HUF1,200.50"),
    ("800.45", "TWD", 80045, "NT$800.45"),
    ("12.50", "RSD", 1250, "RSD12.50"),
    ("1000", "VND", 1000, "₫1,000"),
    ("7", "MGA", 7, "MGA7"),
]
REFUSED = [("5.50", "ISK"), ("0.01", "UGX"), ("5.124", "KWD"), ("1.5", "JPY"), ("1.005", "USD"), ("2.5", "XAF")]


@pytest.mark.parametrize(("typed", "currency", "asked", "shown"), STRIPES)
def test_a_price_is_asked_of_stripe_as_it_was_typed(typed, currency, asked, shown):
    assert (read_money(typed, currency).cents, Money(asked, currency).shown()) == (asked, shown)


@pytest.mark.parametrize(("typed", "currency"), REFUSED)
def test_a_fraction_that_stripe_refuses_is_refused_where_it_is_typed(typed, currency):
    with pytest.raises(ValueError, match=r"steps of|digits after"):
        read_money(typed, currency)


def test_the_table_is_stripes():
    assert {c for c in currencies.TAKEN if currencies.places(c) == 0} == currencies.NO_DECIMALS
    assert len(currencies.NO_DECIMALS) == 15
    assert {"BHD", "JOD", "KWD", "OMR", "TND"} == currencies.THREE_DECIMALS
    assert [currencies.least(c) for c in ("USD", "GBP", "HUF", "JPY", "ISK")] == [50, 30, 17500, 50, 100]
    assert "DEM" not in currencies.TAKEN


@given(st.sampled_from(sorted(currencies.TAKEN)), st.integers(0, 10**9))
def test_every_sum_that_can_be_charged_is_read_back_as_it_is_written(currency, units):
    cents = currencies.rounded(units, currency)
    written = f"{Money(cents, currency).decimal:f}"
    assert read_money(written, currency).cents == cents


def test_the_local_stripe_which_judges_for_itself_agrees() -> None:
    from payments.sandbox import currencies as judge

    told = {code: (judge.least(code.lower()), judge.step(code.lower())) for code in currencies.TAKEN}
    assert told == {code: (currencies.least(code), currencies.step(code)) for code in currencies.TAKEN}
