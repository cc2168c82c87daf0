"""What comes back to whoever leaves: worked out from the school's own rules, to the cent, with every reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrollment.policies import checking, wording
from enrollment.policies.leaving import last_days, leave
from enrollment.policies.terms import STANDARD, Course, Measure, Step, Terms, from_json
from foundation.errors import Refused
from foundation.money import Money

START = date(2027, 3, 1)
COURSE = Course(START, START + timedelta(days=199), tuple(START + timedelta(days=7 * n) for n in range(20)))
PRACTITIONER = Terms(
    steps=(
        Step(Measure.DAYS_BEFORE, 14, 100),
        Step(Measure.CLASSES, 2, 100, 40000),
        Step(Measure.SHARE, 50, 50),
        Step(Measure.AFTERWARDS, 0, 0),
    ),
    currency="USD",
)


def back(terms, on, *, price=680000, paid=None, course=COURSE):
    sums = {"price": Money(price, "USD"), "paid": Money(price if paid is None else paid, "USD")}
    return leave(terms, course, on=START + timedelta(days=on), **sums)


@pytest.mark.parametrize(
    ("on", "cents"),
    [(-90, 680000), (-14, 680000), (-13, 640000), (7, 640000), (8, 340000), (99, 340000), (100, 0), (400, 0)],
)
def test_each_step_holds_until_the_end_of_its_last_day(on, cents):
    assert back(PRACTITIONER, on).back.cents == cents


@pytest.mark.parametrize(("on", "cents"), [(-14, 480000), (-13, 432000), (0, 432000), (28, 240000), (29, 0)])
def test_without_a_rule_of_its_own_a_program_has_the_schools(on, cents):
    assert back(STANDARD, on, price=480000).back.cents == cents


def test_every_step_of_the_reckoning_is_told_and_they_sum():
    terms = Terms(
        steps=(Step(Measure.DAYS_AFTER, 30, 50, 2500), Step(Measure.AFTERWARDS, 0, 0)),
        currency="USD",
        deposit_cents=50000,
    )
    told = back(terms, 3, price=100001)
    assert [(line.words, line.amount.cents) for line in told.lines] == [
        ("Paid so far", 100001),
        ("Kept: the deposit", -50000),
        ("Kept: 50 percent of the rest of the price", -25000),
        ("Kept: a fixed sum", -2500),
    ]
    assert told.back.cents == 22501
    assert told.why == (
        "Asked on March 4, 2027. Until 30 days after the first day (March 31, 2027), "
        "50 percent of what you paid beyond the deposit of $500, less $25, comes back."
    )


def test_a_part_of_a_cent_falls_to_the_buyer():
    terms = Terms(steps=(Step(Measure.AFTERWARDS, 0, 50),))
    assert back(terms, 0, price=3).back.cents == 2


def test_what_is_kept_is_at_least_the_minimum_once_anything_is():
    terms = Terms(
        steps=(Step(Measure.DAYS_BEFORE, 7, 100), Step(Measure.AFTERWARDS, 0, 90)),
        currency="USD",
        minimum_kept_cents=30000,
    )
    assert back(terms, -7, price=100000).back.cents == 100000
    assert back(terms, -6, price=100000).back.cents == 70000


def test_who_has_paid_only_a_part_gets_back_what_goes_beyond_the_schools_share():
    assert back(PRACTITIONER, 20, paid=400000).back.cents == 60000
    told = back(PRACTITIONER, 20, paid=170000)
    assert told.back.cents == 0
    assert told.lines[-1].words == "More than was paid is never kept"


def test_a_cohort_without_that_many_classes_counts_to_its_last_day():
    few = Course(START, START + timedelta(days=30), (START,))
    assert last_days(PRACTITIONER, few)[1] == few.ends_on
    assert last_days(PRACTITIONER, few)[2] == few.ends_on


def test_sums_in_another_currency_are_never_converted():
    with pytest.raises(ValueError, match="one currency"):
        leave(PRACTITIONER, COURSE, price=Money(100, "EUR"), paid=Money(100, "EUR"), on=START)


CENTS = st.integers(0, 10**7)
unhurried = settings(suppress_health_check=[HealthCheck.too_slow])


@st.composite
def any_terms(draw):
    """Whatever the check lets through."""
    before = sorted(draw(st.sets(st.integers(0, 365), max_size=3)), reverse=True)
    later = [
        (m, n)
        for m in (Measure.DAYS_AFTER, Measure.CLASSES)
        for n in sorted(draw(st.sets(st.integers(1, 60), max_size=2)))
    ]
    share = [(Measure.SHARE, n) for n in sorted(draw(st.sets(st.integers(1, 100), max_size=2)))]
    counted = [(Measure.DAYS_BEFORE, n) for n in before] + later + share + [(Measure.AFTERWARDS, 0)]
    percents = sorted(draw(st.lists(st.integers(0, 100), min_size=len(counted), max_size=len(counted))), reverse=True)
    steps = tuple(
        Step(m, n, p, draw(st.one_of(st.just(0), CENTS))) for (m, n), p in zip(counted, percents, strict=True)
    )
    fees = {name: draw(st.one_of(st.just(0), CENTS)) for name in ("deposit_cents", "minimum_kept_cents")}
    made = Terms(steps=steps, currency="USD", **fees)
    checking.check(made)
    return made


@st.composite
def any_course(draw):
    days = draw(st.integers(0, 400))
    held = sorted(draw(st.sets(st.integers(0, days), max_size=30)))
    return Course(START, START + timedelta(days=days), tuple(START + timedelta(days=n) for n in held))


DAYS = st.integers(-400, 800)


@unhurried
@given(any_terms(), any_course(), CENTS, CENTS, DAYS)
def test_never_more_than_was_paid_never_less_than_nothing_and_the_lines_sum(terms, course, price, paid, on):
    told = back(terms, on, price=price, paid=paid, course=course)
    assert 0 <= told.back.cents <= paid
    assert sum(line.amount.cents for line in told.lines) == told.back.cents
    assert told.lines[0].amount.cents == paid


@unhurried
@given(any_terms(), any_course(), CENTS, CENTS, DAYS, st.integers(0, 400))
def test_whoever_leaves_later_never_gets_more(terms, course, price, paid, on, later):
    early, late = (back(terms, day, price=price, paid=paid, course=course) for day in (on, on + later))
    assert late.back.cents <= early.back.cents
    assert late.step >= early.step


@unhurried
@given(any_terms(), any_course(), CENTS, st.integers(0, 10**6), CENTS, DAYS)
def test_a_cent_more_paid_never_brings_a_cent_less_and_what_went_back_before_counts(
    terms, course, price, more, paid, on
):
    less, much = (back(terms, on, price=price, paid=p, course=course).back.cents for p in (paid, paid + more))
    assert less <= much <= less + more
    all_of_it = back(terms, on, price=price, paid=paid, course=course).back.cents
    if all_of_it:
        assert back(terms, on, price=price, paid=paid - all_of_it, course=course).back.cents == 0


@unhurried
@given(any_terms(), any_course(), any_course(), CENTS, DAYS, st.integers(0, 400))
def test_whoever_has_moved_never_gets_more_than_on_the_day_of_the_move(terms, here, there, price, on, later):
    before = back(terms, on, price=price, course=here).back.cents
    sums = {"price": Money(price, "USD"), "paid": Money(price, "USD"), "kept_before": price - before}
    told = leave(terms, there, on=START + timedelta(days=on + later), **sums)
    assert 0 <= told.back.cents <= before
    assert sum(line.amount.cents for line in told.lines) == told.back.cents


@unhurried
@given(any_terms())
def test_terms_are_kept_and_read_again_as_they_were(terms):
    assert from_json(terms.as_json()) == terms


A, B, C, S = Measure.DAYS_BEFORE, Measure.DAYS_AFTER, Measure.CLASSES, Measure.SHARE
LAST = (Measure.AFTERWARDS, 0, 0)


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [(A, 14, 100)],
        [LAST, (A, 14, 100)],
        [LAST, LAST],
        [(A, 7, 100), (A, 14, 100), LAST],
        [(B, 7, 100), (B, 7, 90), LAST],
        [(C, 2, 100), (A, 14, 90), LAST],
        [(S, 50, 50), (C, 2, 40), LAST],
        [(A, 14, 50), (B, 7, 60), LAST],
        [(A, 14, 101), LAST],
        [(S, 101, 50), LAST],
        [(C, 0, 50), LAST],
        [(A, 14, 100, -1), LAST],
        [(A, 14, 50), (Measure.AFTERWARDS, 0, 51)],
    ],
)
def test_terms_with_a_gap_or_out_of_order_are_refused(steps):
    with pytest.raises(Refused) as refused:
        checking.check(Terms(steps=tuple(Step(*step) for step in steps), currency="USD"))
    assert refused.value.field == "steps"


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"deposit_cents": -1}, "deposit_cents"),
        ({"deposit_cents": 1, "currency": ""}, "currency"),
        ({"completion_months": 0}, "completion_months"),
        ({"make_ups": -1}, "make_ups"),
        ({"grace_days": 999}, "grace_days"),
    ],
)
def test_a_sum_or_a_number_that_can_not_be_is_refused_by_name(wish, field):
    with pytest.raises(Refused) as refused:
        checking.check(Terms(**({"steps": STANDARD.steps, "currency": "USD"} | wish)))
    assert refused.value.field == field


def test_the_rules_are_told_in_plain_words():
    assert list(wording.rules(PRACTITIONER)) == [
        "Until 14 days before the first day: everything comes back.",
        "Until the 2nd day with a class: everything but $400 comes back.",
        "Until half of the course has gone: 50 percent of the price comes back.",
        "After that: nothing comes back.",
    ]
    told = Terms(steps=STANDARD.steps, currency="USD", transfers=2, transfer_fee_cents=15000, make_ups=3, grace_days=0)
    assert wording.others(told) == [
        "You may move 2 times to another cohort of the same program, for $150.",
        "You have 24 months from the first day to complete everything, and may have 6 months more without charge.",
        "You can make up 3 classes.",
        "A payment is late from the day after it was due.",
    ]
