"""Renewal: units inside the cycle, their limits, and the day of the submission."""

from __future__ import annotations

from typing import Any

import pytest

from tests.credentials.profiles import (
    assess,
    excluded,
    held,
    mentor,
    mentoring,
    renewal,
    rows,
    status,
    ten_hours,
    told,
    unit,
)

TOTAL, CORE, ETHICS = "renewal.cce_total_min", "renewal.cce_core_min", "renewal.cce_ethics_min"
MENTOR, SPAN = "renewal.mentor_hours_min", "mentor.span_months_min"


def _with(*units: dict[str, Any], **more: Any) -> dict[str, Any]:
    return assess(renewal(continuing_education=list(units), **more))


def test_forty_units_with_twenty_four_core_and_three_ethics_suffice() -> None:
    answer = assess(renewal())
    found = rows(answer)
    assert answer["verdict"] == "eligible"
    assert (found[TOTAL]["have"], found[CORE]["have"], found[ETHICS]["have"]) == (2400, 1440, 180)


def test_ethics_units_are_core_units_too() -> None:
    assert rows(_with(unit("e", "ethics", 24)))[CORE]["status"] == "met"


def test_without_ethics_a_renewal_is_short() -> None:
    answer = _with(unit("c", "core", 40))
    assert (answer["verdict"], rows(answer)[ETHICS]["missing"]) == ("not_eligible", 180)


def test_at_most_sixteen_units_of_resource_development_count() -> None:
    answer = _with(unit("a", "resource", 10, "2025-01-01"), unit("b", "resource", 10, "2025-02-01"))
    assert rows(answer)[TOTAL]["have"] == 960
    assert excluded(answer) == {("b", 240, "resource_past_limit")}


def test_at_most_ten_hours_of_supervision_count_and_they_are_core_units() -> None:
    answer = _with(unit("a", "supervision", 7, "2025-01-01"), unit("b", "supervision", 7, "2025-02-01"))
    assert rows(answer)[CORE]["have"] == rows(answer)[TOTAL]["have"] == 600
    assert rows(answer)[ETHICS]["have"] == 0
    assert excluded(answer) == {("b", 240, "supervision_past_limit")}


def test_up_to_ten_hours_of_mentor_coaching_are_core_units() -> None:
    more = [*ten_hours(by=mentor("MCC")), mentoring("extra", "2026-07-01", 60, by=mentor("MCC"))]
    found = rows(_with(unit("e", "ethics", 3), mentor_sessions=more))
    assert found[CORE]["have"] == found[TOTAL]["have"] == 180 + 600


@pytest.mark.parametrize(("on", "counts"), [("2024-01-31", True), ("2024-01-30", False), ("2026-11-22", True)])
def test_units_count_inside_the_cycle(on: str, counts: bool) -> None:
    answer = _with(unit("u", "core", 1, on))
    assert rows(answer)[TOTAL]["have"] == (60 if counts else 0)
    assert excluded(answer) == (set() if counts else {("u", 60, "outside_cycle")})


def test_units_after_the_submission_do_not_count() -> None:
    assert excluded(_with(unit("u", "core", 1, "2026-11-23"))) == {("u", 60, "after_application")}


def test_units_after_expiry_belong_to_the_next_cycle() -> None:
    answer = _with(unit("u", "core", 1, "2027-02-01"), apply_on="2027-02-15")
    assert excluded(answer) == {("u", 60, "outside_cycle")}


def test_a_cycle_without_a_last_day_lasts_three_years() -> None:
    assert "2024-01-31 to 2027-01-31" in told(assess(renewal(credentials_held=[held("PCC", expires_on=None)])))


def test_a_first_cycle_that_ends_with_its_quarter_counts_from_the_award() -> None:
    answer = assess(renewal(credentials_held=[held("PCC", "2023-12-05", "2026-12-31")]))
    assert "2023-12-05 to 2026-12-31" in told(answer)


def test_a_credential_renewed_before_counts_its_last_three_years() -> None:
    answer = assess(renewal(credentials_held=[held("PCC", "2015-01-31", "2027-01-31")]))
    assert "2024-01-31 to 2027-01-31" in told(answer)


def test_the_cycle_is_that_of_the_latest_credential_of_its_kind() -> None:
    both = [held("PCC", "2021-01-31", "2024-01-31"), held("PCC"), held("MCC", "2026-01-01", "2029-01-01")]
    assert "2024-01-31 to 2027-01-31" in told(assess(renewal(credentials_held=both)))


@pytest.mark.parametrize("credentials", [[], [held("ACC")], [held("PCC", "2026-12-01", None)]])
def test_without_the_credential_there_is_nothing_to_renew(credentials: list[dict[str, Any]]) -> None:
    answer = assess(renewal(credentials_held=credentials))
    assert answer["verdict"] == "not_eligible"
    assert "No PCC is held" in told(answer)


def test_an_acc_renews_with_ten_hours_of_mentor_coaching() -> None:
    assert MENTOR not in rows(assess(renewal("PCC")))
    assert status(assess(renewal("ACC")), MENTOR) == "not_met"
    assert assess(renewal("ACC", mentor_sessions=ten_hours()))["verdict"] == "eligible"


def test_the_mentor_coaching_of_a_renewal_spans_three_months() -> None:
    hurried = [mentoring("a", "2026-03-05", 300), mentoring("b", "2026-06-04", 300)]
    answer = assess(renewal("ACC", mentor_sessions=hurried))
    assert (answer["verdict"], status(answer, SPAN), rows(answer)[SPAN]["missing"]) == ("not_eligible", "not_met", 1)


@pytest.mark.parametrize(
    ("on", "by", "counts"),
    [
        ("2026-12-31", mentor("ACC"), False),
        ("2026-12-31", mentor("ACC", renewed=True), True),
        ("2027-01-01", mentor("MCC"), False),
        ("2027-01-01", mentor("MCC", specialization="ACC", specialization_since="2026-08-01"), True),
    ],
)
def test_the_mentor_of_an_acc_renewal_is_judged_on_the_day(on: str, by: dict[str, Any], counts: bool) -> None:
    answer = assess(renewal("ACC", apply_on="2027-01-20", mentor_sessions=[mentoring("m", on, by=by)]))
    assert rows(answer)[MENTOR]["have"] == (120 if counts else 0)


def test_mentor_coaching_before_the_cycle_does_not_count() -> None:
    answer = assess(renewal("ACC", mentor_sessions=[mentoring("m", "2024-01-30")]))
    assert excluded(answer) == {("m", 120, "outside_cycle")}


@pytest.mark.parametrize(
    ("apply_on", "verdict", "word"),
    [
        ("2026-03-30", "not_eligible", "Too early"),
        ("2026-03-31", "eligible", "Units count"),
        ("2027-01-31", "eligible", "Units count"),
        ("2027-02-01", "eligible", "months of grace"),
        ("2027-03-31", "eligible", "months of grace"),
        ("2027-04-01", "eligible", "Lapsed"),
        ("2028-01-31", "eligible", "100 USD"),
        ("2028-02-01", "not_eligible", "Too late"),
    ],
)
def test_the_day_of_the_submission_tells(apply_on: str, verdict: str, word: str) -> None:
    answer = assess(renewal(apply_on=apply_on))
    assert answer["verdict"] == verdict
    assert word in told(answer)


def test_in_time_says_nothing_of_grace_or_fee() -> None:
    assert "grace" not in told(assess(renewal()))
    assert "USD" not in told(assess(renewal()))


def test_grace_names_the_fee_that_follows_it() -> None:
    assert "100 USD" in told(assess(renewal(apply_on="2027-02-01")))


def _lapsed(apply_on: str, *units: dict[str, Any]) -> dict[str, Any]:
    """A PCC that expired on 2025-03-31, with 24 core and 16 resource units in its cycle, and some more."""
    cycle = [
        unit("c", "core", 21, "2024-01-01"),
        unit("e", "ethics", 3, "2024-01-01"),
        unit("r", "resource", 16, "2024-01-01"),
    ]
    mine = [held("PCC", "2022-03-31", "2025-03-31")]
    return assess(renewal(apply_on=apply_on, credentials_held=mine, continuing_education=[*cycle, *units]))


@pytest.mark.parametrize(
    ("apply_on", "extra", "core", "word"),
    [
        ("2025-06-30", 72, 44, "41.2 in all, 24.72 of them core"),
        ("2025-07-01", 144, 87, "42.4 in all, 25.44 of them core"),
    ],
)
def test_until_november_2025_a_lapsed_credential_asks_for_extra_units(
    apply_on: str, extra: int, core: int, word: str
) -> None:
    answer = _lapsed(apply_on)
    found = rows(answer)
    assert answer["verdict"] == "not_eligible"
    assert found["renewal.extra_cce_per_lapsed_month"]["required"] == extra
    assert found["renewal.extra_core_per_lapsed_month"]["required"] == core
    assert word in told(answer)


def test_extra_units_may_be_earned_after_expiry() -> None:
    answer = _lapsed("2025-06-30", unit("late", "core", 1.2, "2025-05-01"))
    assert (answer["verdict"], answer["excluded"]) == ("eligible", [])


def test_extra_units_of_a_lapsed_credential_end_with_the_rules_of_november_2025() -> None:
    change = _lapsed("2025-06-30")["next_change"]
    assert (change["date"], change["verdict"]) == ("2025-11-03", "eligible")
    assert "renewal.extra_cce_per_lapsed_month" in change["no_longer_asked"]


def test_in_the_months_of_grace_no_extra_unit_is_asked_for() -> None:
    answer = _lapsed("2025-05-31")
    assert answer["verdict"] == "eligible"
    assert "1.2 extra units a month" in told(answer)
