"""Which rules speak on which day, and what a later rule alters."""

from __future__ import annotations

from typing import Any

import pytest

from credentials.evaluating import ProfileError, evaluate
from tests.credentials.profiles import (
    assess,
    course,
    level,
    mcc,
    mentor,
    mentoring,
    portfolio,
    portfolio_2027,
    renewal,
    rows,
    status,
    ten_hours,
    told,
)

FORM, OBSERVED = "mentor.competency_review_form_by_mcs_required", "mentor.observed_sessions_min"
RECORDINGS = "performance_evaluation.recordings_required"


@pytest.mark.parametrize(
    ("profile", "on", "rule_set"),
    [
        (level(), "2022-08-02", "acc-level-2022"),
        (level(), "2025-11-02", "acc-level-2022"),
        (level(), "2025-11-03", "acc-level-2025"),
        (level(), "2099-01-01", "acc-level-2025"),
        (level(credential="PCC"), "2025-11-02", "pcc-level-2022"),
        (level(credential="PCC"), "2025-11-03", "pcc-level-2025"),
        (portfolio(), "2025-11-02", "acc-portfolio-2022"),
        (portfolio(), "2027-03-31", "acc-portfolio-2025"),
        (portfolio(), "2027-04-01", "acc-portfolio-2027"),
        (portfolio(credential="PCC"), "2025-11-02", "pcc-portfolio-2022"),
        (portfolio(credential="PCC"), "2027-03-31", "pcc-portfolio-2025"),
        (portfolio(credential="PCC"), "2027-04-01", "pcc-portfolio-2027"),
        (mcc(), "2023-01-01", "mcc-level3-2022"),
        (mcc(path="portfolio"), "2027-04-01", "mcc-portfolio-2022"),
        (renewal("ACC"), "2018-02-01", "renewal-acc-2018"),
        (renewal("PCC"), "2025-11-02", "renewal-pcc-2018"),
        (renewal("MCC"), "2025-11-03", "renewal-mcc-2025"),
    ],
)
def test_the_rules_follow_the_day_of_the_application(profile: dict[str, Any], on: str, rule_set: str) -> None:
    assert assess({**profile, "apply_on": on})["rule_set"] == rule_set


@pytest.mark.parametrize(
    ("path", "on"), [("level", "2022-08-01"), ("portfolio", "0001-01-01"), ("renewal", "2018-01-31")]
)
def test_a_day_before_every_rule_is_refused_by_name(path: str, on: str) -> None:
    with pytest.raises(ProfileError, match=r"^apply_on: no rules are known for ACC"):
        evaluate({"credential": "ACC", "path": path, "apply_on": on})


def test_from_april_2027_a_portfolio_needs_the_form_and_no_recording() -> None:
    answer = assess(portfolio_2027())
    assert answer["verdict"] == "eligible"
    assert (rows(answer)[RECORDINGS]["required"], status(answer, FORM), status(answer, OBSERVED)) == (0, "met", "met")


def test_the_day_before_the_recording_is_still_asked_for() -> None:
    answer = assess(portfolio_2027(apply_on="2027-03-31"))
    assert answer["verdict"] == "not_eligible"
    assert FORM not in rows(answer)


def test_too_few_observed_sessions_ask_for_review() -> None:
    seen = [{**given, "observed": number < 2} for number, given in enumerate(ten_hours())]
    answer = assess(portfolio_2027(mentor_sessions=seen))
    assert (answer["verdict"], status(answer, OBSERVED)) == ("needs_review", "needs_review")
    assert rows(answer)[OBSERVED]["missing"] == 1
    assert OBSERVED in told(answer)


def test_observed_sessions_do_not_save_a_portfolio_that_misses_a_firm_rule() -> None:
    answer = assess(portfolio_2027(mentor_sessions=ten_hours()[:4]))
    assert answer["verdict"] == "not_eligible"


def test_without_the_form_mentoring_of_2027_is_not_enough() -> None:
    by = mentor(specialization="PCC", specialization_since="2026-09-01")
    later = [*portfolio_2027()["mentor_sessions"], mentoring("m", "2027-01-04", by=by)]
    answer = assess(portfolio_2027(mentor_sessions=later, competency_review_form=False))
    assert (answer["verdict"], status(answer, FORM)) == ("not_eligible", "not_met")


def test_without_the_form_mentoring_that_ended_before_2027_asks_for_review() -> None:
    answer = assess(portfolio_2027(competency_review_form=False))
    assert (answer["verdict"], status(answer, FORM)) == ("needs_review", "needs_review")


def test_the_change_of_april_2027_is_announced_to_whom_it_alters() -> None:
    change = assess(portfolio())["next_change"]
    assert change["date"] == "2027-04-01"
    assert (change["verdict_before"], change["verdict"]) == ("eligible", "needs_review")
    assert change["source"].startswith("https://coachingfederation.org/")
    assert {row["key"] for row in change["requirements"]} == {FORM, OBSERVED}


def test_a_missing_recording_is_no_longer_asked_for_after_the_change() -> None:
    change = assess(portfolio(recordings=0, competency_review_form=True))["next_change"]
    assert RECORDINGS in {row["key"] for row in change["requirements"]}


def test_a_change_that_alters_nothing_is_not_announced() -> None:
    ready = portfolio_2027(apply_on="2026-11-22", recordings=1)
    assert assess(ready)["verdict"] == "eligible"
    assert assess(ready)["next_change"] is None


@pytest.mark.parametrize("profile", [level(), mcc(), renewal(), portfolio_2027()])
def test_without_later_rules_there_is_no_next_change(profile: dict[str, Any]) -> None:
    assert assess(profile)["next_change"] is None


def test_each_figure_has_a_source_and_the_answer_says_that_icf_decides() -> None:
    answer = assess(portfolio())
    assert all(row["sources"] and row["label"] for row in answer["requirements"])
    assert "ICF decides" in told(answer)
    assert "you are eligible" not in told(answer).lower()


def test_a_rule_of_medium_confidence_is_firm_and_carries_its_note() -> None:
    answer = assess(portfolio(education=[course(synchronous_minutes=60)]))
    row = rows(answer)["education.synchronous_hours_min"]
    assert (answer["verdict"], row["confidence"]) == ("not_eligible", "medium")
    assert "48 hours" in row["note"]
