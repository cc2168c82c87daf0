"""Education and the level path: what a completed program stands in for."""

from __future__ import annotations

import pytest

from tests.credentials.profiles import assess, course, excluded, held, level, mcc, portfolio, rows, status, told

PROGRAM = "education.completed_program_levels"


def test_a_completed_program_replaces_what_is_inside_it() -> None:
    found = {key: row["status"] for key, row in rows(assess(level())).items()}
    inside = {key for key, is_ in found.items() if is_ == "not_applicable"}
    assert inside == {
        "education.total_hours_min",
        "mentor.total_hours_min",
        "mentor.span_months_min",
        "mentor.one_to_one_hours_min",
        "performance_evaluation.recordings_required",
    }
    assert found[PROGRAM] == "met"


@pytest.mark.parametrize("accreditation", ["level1", "level2", "actp"])
def test_each_accepted_level_serves_for_acc(accreditation: str) -> None:
    assert assess(level(education=[course(accreditation=accreditation)]))["verdict"] == "eligible"


@pytest.mark.parametrize("accreditation", ["level3", "acsth", "cce", "none"])
def test_other_education_is_no_level_path_for_acc(accreditation: str) -> None:
    answer = assess(level(education=[course(accreditation=accreditation)]))
    assert (answer["verdict"], status(answer, PROGRAM)) == ("not_eligible", "not_met")
    assert status(answer, "mentor.total_hours_min") == "not_met"


def test_level_one_is_no_level_path_for_pcc() -> None:
    answer = assess(level(credential="PCC"))
    assert (answer["verdict"], status(answer, PROGRAM)) == ("not_eligible", "not_met")


def test_a_program_that_was_not_completed_does_not_serve() -> None:
    assert status(assess(level(education=[course(accreditation="level1", completed=False)])), PROGRAM) == "not_met"


def test_a_program_that_ends_after_the_application_does_not_serve() -> None:
    answer = assess(level(education=[course(accreditation="level1", ends_on="2026-11-23")]))
    assert status(answer, PROGRAM) == "not_met"
    assert excluded(answer) == {("e1", 3600, "after_application")}


def test_portfolio_adds_up_every_course() -> None:
    halves = [course("a", hours=30), course("b", "acsth", hours=30, completed=False)]
    answer = assess(portfolio(education=halves))
    assert answer["verdict"] == "eligible"
    assert rows(answer)["education.total_hours_min"]["have"] == 3600


@pytest.mark.parametrize(
    ("short", "key"),
    [
        ({"minutes": 3599}, "education.total_hours_min"),
        ({"core_minutes": 2879}, "education.core_competency_hours_min"),
        ({"synchronous_minutes": 1799}, "education.synchronous_hours_min"),
    ],
)
def test_portfolio_misses_a_minute_of_education(short: dict[str, int], key: str) -> None:
    answer = assess(portfolio(education=[course(**short)]))  # type: ignore[arg-type]
    assert answer["verdict"] == "not_eligible"
    assert (status(answer, key), rows(answer)[key]["missing"]) == ("not_met", 1)


def test_education_without_accreditation_counts_with_a_notice() -> None:
    answer = assess(portfolio(education=[course(accreditation="none")]))
    assert answer["verdict"] == "eligible"
    assert "reviewed" in told(answer)


def test_portfolio_without_a_recording_misses_one() -> None:
    answer = assess(portfolio(recordings=0))
    assert answer["verdict"] == "not_eligible"
    assert rows(answer)["performance_evaluation.recordings_required"]["missing"] == 1


def test_the_synchronous_minimum_of_pcc_portfolio_is_an_open_question() -> None:
    assert "synchronous" in told(assess(portfolio(credential="PCC")))


def test_mcc_with_a_level_three_program_meets_the_minimums() -> None:
    answer = assess(mcc())
    assert (answer["verdict"], answer["rule_set"]) == ("eligible", "mcc-level3-2022")
    assert status(answer, "education.level3_hours_min") == "not_applicable"
    assert "Recordings" in told(answer)


@pytest.mark.parametrize("credentials", [[], [held("ACC")], [held("PCC", "2026-11-23", None)]])
def test_mcc_asks_for_pcc_first(credentials: list[dict[str, object]]) -> None:
    answer = assess(mcc(credentials_held=credentials))
    assert (answer["verdict"], status(answer, "prior_credential")) == ("not_eligible", "not_met")


def test_a_pcc_that_has_expired_still_opens_mcc() -> None:
    assert assess(mcc(credentials_held=[held("PCC", "2015-01-01", "2018-01-01")]))["verdict"] == "eligible"


def test_a_level_three_program_before_the_pcc_does_not_serve() -> None:
    answer = assess(mcc(credentials_held=[held("PCC", "2025-10-10", "2028-10-10")]))
    assert (answer["verdict"], status(answer, PROGRAM)) == ("not_eligible", "not_met")


def test_mcc_portfolio_asks_for_two_recordings() -> None:
    answer = assess(mcc(path="portfolio", recordings=1))
    assert rows(answer)["performance_evaluation.recordings_required"]["missing"] == 1
    assert status(answer, "education.core_competency_hours_min") == "met"
    assert answer["next_change"] is None
