"""A price divided into parts always adds up, whatever the plan, the code and the day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from foundation import currencies
from payments.models import PlanKind, PromotionCode
from payments.pricing.discounting import taken_off
from payments.pricing.spreading import later, spread

TODAY = date(2026, 1, 31)
LEAST = currencies.least("USD")
sums = st.integers(0, 2_000_000)
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@given(sums, st.integers(1, 900_000), st.integers(-30, 300))
def test_a_deposit_and_its_balance_are_the_price(cents, deposit, days_on):
    dues = spread(PlanKind.DEPOSIT, cents, TODAY, deposit=deposit, balance_on=TODAY + timedelta(days=days_on))
    assert sum(due.cents for due in dues) == (cents if cents >= LEAST else 0)
    assert dues[0].on == TODAY


@given(sums, st.integers(2, 36))
def test_instalments_are_equal_and_never_more_than_the_price(cents, number):
    dues = spread(PlanKind.INSTALMENTS, cents, TODAY, number=number)
    assert len({due.cents for due in dues}) == 1
    assert 0 <= cents - sum(due.cents for due in dues) < max(number, LEAST)


@given(days, st.integers(0, 60))
def test_a_month_later_is_the_same_day_or_the_months_last(day, months):
    then = later(day, months)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day == day.day or (then + timedelta(days=1)).day == 1


@given(sums, st.integers(1, 100), st.integers(1, 3_000_000))
def test_a_code_takes_off_at_most_the_price(cents, percent, off):
    assert 0 <= taken_off(PromotionCode(percent=percent), cents) <= cents
    assert taken_off(PromotionCode(cents=off), cents) == min(off, cents)
    assert taken_off(PromotionCode(percent=100), cents) == cents


@given(sums, st.sampled_from(list(PlanKind)), st.integers(2, 12))
def test_no_part_is_too_small_for_stripe(cents, kind, number):
    balance = TODAY + timedelta(days=60)
    dues = spread(kind, cents, TODAY, deposit=100_00, balance_on=balance, number=number)
    assert all(due.cents >= LEAST for due in dues) or [due.cents for due in dues] == [0]


@given(sums, st.sampled_from(["ISK", "UGX", "KWD", "JPY", "HUF"]), st.sampled_from(list(PlanKind)), st.integers(1, 100))
def test_no_part_is_a_fraction_that_stripe_refuses(units, currency, kind, percent):
    price = currencies.rounded(units, currency)
    less = price - taken_off(PromotionCode(percent=percent), price, currency)
    dues = spread(kind, less, TODAY, deposit=20_000, balance_on=TODAY + timedelta(days=60), number=7, currency=currency)
    assert all(due.cents % currencies.step(currency) == 0 for due in dues)
    assert all(due.cents >= currencies.least(currency) for due in dues) or [due.cents for due in dues] == [0]
