"""Coaching experience: what counts, in minutes, and why the rest does not."""

from __future__ import annotations

import pytest

from tests.credentials.profiles import assess, course, excluded, level, log, rows, session, status, told

TOTAL, PAID = "experience.total_hours_min", "experience.paid_hours_min"
CLIENTS, RECENT = "experience.distinct_clients_min", "experience.recent_hours_min"


def test_an_applicant_with_all_hours_meets_the_minimums() -> None:
    answer = assess(level())
    assert (answer["verdict"], answer["rule_set"]) == ("eligible", "acc-level-2025")
    assert rows(answer)[TOTAL]["have"] == 6000
    assert rows(answer)[PAID]["have"] == 4800
    assert answer["excluded"] == []


def test_one_minute_short_is_short() -> None:
    answer = assess(level(sessions=[*log(free=19), session("last", minutes=59, payment="pro_bono")]))
    assert answer["verdict"] == "not_eligible"
    assert rows(answer)[TOTAL]["missing"] == 1


def test_seven_clients_are_one_short() -> None:
    answer = assess(level(sessions=log(clients=7)))
    assert (answer["verdict"], rows(answer)[CLIENTS]["missing"]) == ("not_eligible", 1)


def test_a_run_of_sessions_counts_each_of_them() -> None:
    assert rows(assess(level(sessions=[session("run", minutes=45, count=10)])))[TOTAL]["have"] == 450


def test_a_group_counts_its_minutes_once_and_each_listed_client() -> None:
    answer = assess(
        level(sessions=[session("g", "2026-06-01", 90, "a", "b", "c"), session("one", "2026-06-02", 60, "a")])
    )
    assert rows(answer)[TOTAL]["have"] == 150
    assert rows(answer)[CLIENTS]["have"] == 3


def test_people_of_a_group_who_are_not_listed_are_no_clients() -> None:
    assert rows(assess(level(sessions=[session("g", participants=12)])))[CLIENTS]["have"] == 1


@pytest.mark.parametrize("payment", ["paid", "barter", "internal", "third_party", "peer_exchange"])
def test_every_kind_of_payment_is_paid(payment: str) -> None:
    assert rows(assess(level(sessions=[session(payment=payment)])))[PAID]["have"] == 60


def test_pro_bono_counts_but_is_not_paid() -> None:
    found = rows(assess(level(sessions=[session(payment="pro_bono")])))
    assert (found[TOTAL]["have"], found[PAID]["have"]) == (60, 0)


def test_peer_exchange_is_flagged_for_a_second_look() -> None:
    assert "peer exchange" in told(assess(level(sessions=[session(payment="peer_exchange")])))


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"on": "2026-11-23"}, "after_application"),
        ({"on": "2025-03-02"}, "before_education"),
        ({"consent": "refused"}, "consent_refused"),
        ({"kind": "mentor_coaching_given"}, "not_coaching"),
        ({"kind": "supervision"}, "not_coaching"),
        ({"kind": "assessment_debrief"}, "not_coaching"),
        ({"kind": "training"}, "not_coaching"),
        ({"kind": "in_class_practice"}, "not_coaching"),
        ({"direct_report": True}, "direct_report"),
        ({"participants": 16}, "group_too_large"),
        ({"participants": 26}, "group_too_large"),
    ],
)
def test_what_does_not_count_is_named_with_its_reason(more: dict[str, object], reason: str) -> None:
    answer = assess(level(sessions=[session("x", minutes=30, **{"count": 2, **more})]))  # type: ignore[arg-type]
    assert excluded(answer) == {("x", 60, reason)}
    assert rows(answer)[TOTAL]["have"] == rows(answer)[CLIENTS]["have"] == 0


def test_a_letter_covers_clients_who_are_not_listed() -> None:
    assert rows(assess(level(sessions=[session(consent="covered_by_letter")])))[TOTAL]["have"] == 60


def test_a_group_of_fifteen_counts() -> None:
    assert rows(assess(level(sessions=[session(participants=15)])))[TOTAL]["have"] == 60


def test_the_day_of_the_application_counts() -> None:
    assert rows(assess(level(sessions=[session(on="2026-11-22")])))[RECENT]["have"] == 60


def test_the_first_day_of_education_counts_with_a_notice() -> None:
    answer = assess(level(sessions=[session("early", on="2025-03-03")]))
    assert rows(answer)[TOTAL]["have"] == 60
    assert "first day of education" in told(answer)
    assert "early" in told(answer)


def test_a_short_course_does_not_open_the_count() -> None:
    taster = course("taster", hours=29, starts_on="2024-01-08", ends_on="2024-02-01")
    shallow = course("shallow", hours=40, core_minutes=1439, starts_on="2024-03-01", ends_on="2024-04-01")
    answer = assess(
        level(education=[taster, shallow, course(accreditation="level1")], sessions=[session(on="2025-03-02")])
    )
    assert excluded(answer) == {("s", 60, "before_education")}


def test_thirty_hours_with_twenty_four_core_open_the_count() -> None:
    opening = course("opening", hours=30, starts_on="2024-01-08", ends_on="2024-02-01")
    answer = assess(level(education=[course(accreditation="level1"), opening], sessions=[session(on="2024-01-08")]))
    assert rows(answer)[TOTAL]["have"] == 60
    assert rows(answer)["experience.start_course_hours_min"]["have"] == 1800


def test_without_education_no_coaching_counts() -> None:
    answer = assess(level(education=[]))
    assert answer["verdict"] == "not_eligible"
    assert {reason for _, _, reason in excluded(answer)} == {"before_education"}


def test_a_course_still_running_opens_the_count() -> None:
    running = course(accreditation="level1", completed=False, ends_on="2027-05-01")
    assert rows(assess(level(education=[running])))[TOTAL]["have"] == 6000


@pytest.mark.parametrize(
    ("apply_on", "first", "before"),
    [
        ("2026-11-22", "2025-05-22", "2025-05-21"),
        ("2026-08-31", "2025-02-28", "2025-02-27"),
        ("2029-08-31", "2028-02-29", "2028-02-28"),
    ],
)
def test_the_window_of_recent_hours_has_both_its_days(apply_on: str, first: str, before: str) -> None:
    answer = assess(level(apply_on=apply_on, education=[course(accreditation="level1", starts_on="2024-01-01")],
                          sessions=[session("in", on=first), session("out", on=before)]))  # fmt: skip
    assert rows(answer)[RECENT]["have"] == 60
    assert first in rows(answer)[RECENT]["note"]


def test_mcc_has_no_window_of_recent_hours() -> None:
    assert RECENT not in rows(assess(level(credential="MCC")))


def test_a_run_without_days_of_its_own_counts_inside_the_window() -> None:
    answer = assess(level(sessions=[session("row", on="2025-05-22", until="2026-11-22", minutes=600)]))
    assert (rows(answer)[TOTAL]["have"], rows(answer)[RECENT]["have"]) == (600, 600)


def test_a_run_across_the_window_is_not_recent() -> None:
    answer = assess(level(sessions=[session("row", on="2025-05-21", until="2026-11-22", minutes=600)]))
    assert (rows(answer)[TOTAL]["have"], rows(answer)[RECENT]["have"]) == (600, 0)
    assert excluded(answer) == {("row", 600, "outside_window")}


def test_a_run_across_the_window_that_would_decide_asks_for_review() -> None:
    old = log(paid=80, free=0, on="2025-05-01")
    answer = assess(level(sessions=[*old, session("row", on="2025-05-21", until="2025-07-01", minutes=1500)]))
    assert answer["verdict"] == "needs_review"
    assert status(answer, RECENT) == "needs_review"
    assert RECENT in told(answer)


@pytest.mark.parametrize(
    ("on", "until", "reason"),
    [("2025-03-02", "2025-08-01", "before_education"), ("2026-01-01", "2026-11-23", "after_application")],
)
def test_a_run_across_an_edge_is_outside_and_may_ask_for_review(on: str, until: str, reason: str) -> None:
    row = session("row", on=on, until=until, minutes=60)
    short = [*log(free=20, paid=79), row]
    answer = assess(level(sessions=short))
    assert excluded(answer) == {("row", 60, reason)}
    assert (answer["verdict"], status(answer, TOTAL)) == ("needs_review", "needs_review")
    assert assess(level(sessions=[*log(), row]))["verdict"] == "eligible"
    assert assess(level(sessions=[*log(free=10), row]))["verdict"] == "not_eligible"


def test_a_group_of_sixteen_to_twenty_five_that_decides_asks_for_review() -> None:
    answer = assess(level(sessions=[*log(free=19), session("big", participants=25)]))
    assert answer["verdict"] == "needs_review"
    assert status(answer, "group.participants_max") == status(answer, TOTAL) == "needs_review"
    assert "group.participants_max" in told(answer)


def test_a_doubtful_group_that_does_not_decide_leaves_the_verdict() -> None:
    met = assess(level(sessions=[*log(), session("big", participants=20)]))
    assert met["verdict"] == "eligible"
    assert "100 h without them, 101 h with them" in told(met)
    assert assess(level(sessions=[*log(free=10), session("big", participants=20)]))["verdict"] == "not_eligible"
    assert assess(level(sessions=[*log(free=19), session("big", participants=26)]))["verdict"] == "not_eligible"


def test_two_doubts_that_decide_only_together_are_both_named() -> None:
    doubtful = [session("big", participants=20), session("row", on="2025-03-02", until="2025-08-01")]
    answer = assess(level(sessions=[*log(free=18), *doubtful]))
    assert answer["verdict"] == "needs_review"
    decision = next(line for line in answer["notices"] if "decide" in line and TOTAL in line)
    assert "group.participants_max" in decision
    assert "start_of_education" in decision


def test_a_client_seen_only_in_a_doubtful_group_asks_for_review() -> None:
    people = [f"client-{n}" for n in range(16)]
    answer = assess(level(sessions=[*log(clients=7), session("big", "2026-06-01", 60, *people)]))
    assert (answer["verdict"], rows(answer)[CLIENTS]["have"]) == ("needs_review", 7)


def test_a_firm_rule_outweighs_an_uncertain_one() -> None:
    answer = assess(
        level(sessions=[*log(clients=7, free=19), session("big", "2026-06-01", 60, "client-0", participants=20)])
    )
    assert answer["verdict"] == "not_eligible"
    assert status(answer, TOTAL) == "needs_review"


def test_rules_of_medium_confidence_that_touch_the_log_carry_their_note() -> None:
    touching = [
        session("g", "2026-06-01", 60, "a", "b"),
        session("b", payment="barter"),
        session("d", direct_report=True),
    ]
    notices = told(assess(level(sessions=touching)))
    assert all(word in notices for word in ("older version", "of any amount", "unofficial source"))


def test_an_id_that_stands_twice_is_told() -> None:
    assert "session s" in told(assess(level(sessions=[session(), session()])))
