"""Mentor coaching: hours, company, span, and the mentor's qualification on the day of the session."""

from __future__ import annotations

from typing import Any

import pytest

from tests.credentials.profiles import assess, excluded, mentor, mentoring, portfolio, rows, status, ten_hours, told

TOTAL, ALONE, SPAN = "mentor.total_hours_min", "mentor.one_to_one_hours_min", "mentor.span_months_min"


def _after(sessions: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return assess(portfolio(mentor_sessions=sessions, **more))


def test_ten_hours_over_three_months_suffice() -> None:
    answer = _after(ten_hours())
    assert answer["verdict"] == "eligible"
    assert (rows(answer)[TOTAL]["have"], rows(answer)[SPAN]["have"]) == (600, 120)


def test_seven_group_hours_and_three_alone_suffice() -> None:
    answer = _after([mentoring("a", "2026-01-05", 180), mentoring("g", "2026-04-05", 420, 10)])
    assert answer["verdict"] == "eligible"
    assert (rows(answer)[TOTAL]["have"], rows(answer)[ALONE]["have"]) == (600, 180)


def test_group_hours_past_seven_add_nothing() -> None:
    groups = [mentoring(f"g{month}", f"2026-0{month}-05", 240, 5) for month in (1, 2, 3)]
    answer = _after([*groups, mentoring("a", "2026-04-05", 120)])
    assert rows(answer)[TOTAL]["have"] == 420 + 120
    assert excluded(answer) == {("g2", 60, "group_hours_past_limit"), ("g3", 240, "group_hours_past_limit")}


def test_group_sessions_past_the_limit_still_stretch_the_span() -> None:
    groups = [mentoring("g1", "2026-01-05", 420, 5), mentoring("g2", "2026-04-05", 60, 5)]
    assert status(_after([*groups, mentoring("a", "2026-02-05", 180)]), SPAN) == "met"


def test_a_group_of_eleven_is_too_large() -> None:
    answer = _after([*ten_hours(), mentoring("g", "2026-03-01", 60, 11)])
    assert excluded(answer) == {("g", 60, "group_too_large")}


@pytest.mark.parametrize(
    ("first", "last", "is_"),
    [
        ("2026-03-14", "2026-06-14", "met"),
        ("2026-03-14", "2026-06-13", "not_met"),
        ("2025-11-30", "2026-02-28", "met"),
        ("2025-11-30", "2026-02-27", "not_met"),
        ("2023-11-30", "2024-02-29", "met"),
        ("2023-11-30", "2024-02-28", "not_met"),
    ],
)
def test_three_months_go_by_the_calendar(first: str, last: str, is_: str) -> None:
    row = rows(_after([mentoring("a", first, 300), mentoring("b", last, 300)]))[SPAN]
    assert row["status"] == is_
    assert row["missing"] == (0 if is_ == "met" else 1)


def test_the_span_is_told_in_days() -> None:
    row = rows(_after([mentoring("a", "2026-03-14", 300), mentoring("b", "2026-04-14", 300)]))[SPAN]
    assert (row["unit"], row["have"], row["required"], row["missing"]) == ("days", 31, 92, 61)


def test_without_mentoring_all_is_missing() -> None:
    found = rows(_after([]))
    assert (found[TOTAL]["missing"], found[ALONE]["missing"], found[SPAN]["have"]) == (600, 180, 0)


def test_sessions_after_the_application_do_not_count() -> None:
    assert excluded(_after([*ten_hours(), mentoring("late", "2026-11-23")])) == {("late", 120, "after_application")}


@pytest.mark.parametrize(
    ("credential", "by", "counts"),
    [
        ("ACC", mentor("ACC"), False),
        ("ACC", mentor("ACC", renewed=True), True),
        ("ACC", mentor("PCC"), True),
        ("ACC", mentor("MCC"), True),
        ("ACC", mentor("none"), False),
        ("PCC", mentor("ACC", renewed=True), False),
        ("PCC", mentor("PCC"), True),
        ("MCC", mentor("PCC"), False),
        ("MCC", mentor("MCC"), True),
    ],
)
def test_until_2026_the_credential_makes_the_mentor(credential: str, by: dict[str, Any], counts: bool) -> None:
    answer = _after([mentoring("m", "2026-11-01", by=by)], credential=credential)
    assert rows(answer)[TOTAL]["have"] == (120 if counts else 0)
    assert excluded(answer) & {("m", 120, "mentor_not_qualified")} == (
        set() if counts else {("m", 120, "mentor_not_qualified")}
    )


@pytest.mark.parametrize(
    ("credential", "specialization", "counts"),
    [
        ("ACC", "ACC", True),
        ("ACC", "PCC", True),
        ("ACC", "MCC", False),
        ("PCC", "ACC", False),
        ("PCC", "PCC", True),
        ("MCC", "PCC", False),
        ("MCC", "MCC", True),
        ("ACC", None, False),
    ],
)
def test_from_2027_the_specialization_makes_the_mentor(
    credential: str, specialization: str | None, counts: bool
) -> None:
    by = mentor("MCC", specialization=specialization, specialization_since="2026-07-01" if specialization else None)
    answer = _after([mentoring("m", "2027-01-01", by=by)], credential=credential, apply_on="2027-02-01")
    assert rows(answer)[TOTAL]["have"] == (120 if counts else 0)


@pytest.mark.parametrize(("on", "counts"), [("2026-12-31", True), ("2027-01-01", False), ("2027-03-01", False)])
def test_a_pcc_without_specialization_mentors_until_the_end_of_2026(on: str, counts: bool) -> None:
    answer = _after([mentoring("m", on)], apply_on="2027-03-02")
    assert rows(answer)[TOTAL]["have"] == (120 if counts else 0)


@pytest.mark.parametrize(("on", "counts"), [("2027-02-09", False), ("2027-02-10", True)])
def test_the_specialization_counts_from_its_own_day(on: str, counts: bool) -> None:
    by = mentor(specialization="PCC", specialization_since="2027-02-10")
    assert rows(_after([mentoring("m", on, by=by)], apply_on="2027-03-02"))[TOTAL]["have"] == (120 if counts else 0)


def test_a_specialization_without_a_day_is_taken_with_a_notice() -> None:
    answer = _after([mentoring("m", "2027-02-09", by=mentor(specialization="PCC"))], apply_on="2027-03-02")
    assert rows(answer)[TOTAL]["have"] == 120
    assert "R. Vance" in told(answer)


def test_the_span_runs_over_countable_sessions_only() -> None:
    answer = _after([mentoring("a", "2026-01-05", 600), mentoring("b", "2026-06-05", 60, by=mentor("none"))])
    assert rows(answer)[SPAN]["have"] == 0


def test_who_still_needs_mentoring_hears_of_the_rule_of_2027() -> None:
    assert "2027-01-01" in told(_after(ten_hours()[:3]))
    assert "2027-01-01" not in told(_after(ten_hours()))
