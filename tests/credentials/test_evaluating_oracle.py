"""The engine beside a slow reading of the contract's sentences, one record after the other, on random profiles."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings

from credentials.rules import rule_set_for
from tests.credentials.profiles import assess, rows
from tests.credentials.test_evaluating_properties import profiles

Data = dict[str, Any]
STRICT, MILD = 15, 25


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _months_off(day: date, months: int) -> date:
    month = day.month - 1 + months
    for number in range(day.day, 0, -1):
        try:
            return date(day.year + month // 12, month % 12 + 1, number)
        except ValueError:
            continue
    raise AssertionError


def _start(profile: Data) -> date | None:
    """Sentence 3: the first day of the first course of at least 30 hours with at least 24 core hours."""
    long_enough = [c for c in profile["education"] if c["minutes"] >= 1800 and c["core_minutes"] >= 1440]
    days = [_day(c["starts_on"]) for c in long_enough if _day(c["starts_on"]) <= _day(profile["apply_on"])]
    return min(days, default=None)


def _heads(session: Data) -> int:
    return max(len(set(session["clients"])), session.get("participants") or 1)


def _counts(session: Data, start: date | None, apply_on: date, largest: int) -> bool:
    """Sentences 3, 5 and 7; `largest` 25 reads every doubt in the person's favour, a straddling run among them."""
    on = _day(session["on"])
    until = _day(session.get("until") or session["on"])
    if start is None or session.get("kind", "coaching") != "coaching":
        return False
    if session.get("direct_report") or session.get("consent") == "refused" or _heads(session) > largest:
        return False
    return start <= on and until <= apply_on if largest == STRICT else start <= until and on <= apply_on


def _coaching(profile: Data, largest: int) -> dict[str, int]:
    apply_on, start = _day(profile["apply_on"]), _start(profile)
    window = _months_off(apply_on, -18)
    counted = [s for s in profile["sessions"] if _counts(s, start, apply_on, largest)]
    edge = "on" if largest == STRICT else "until"
    recent = [s for s in counted if _day(s.get(edge) or s["on"]) >= window]
    paid = [s for s in counted if s["payment"] != "pro_bono"]
    return {
        "experience.total_hours_min": sum(s["minutes"] * s.get("count", 1) for s in counted),
        "experience.paid_hours_min": sum(s["minutes"] * s.get("count", 1) for s in paid),
        "experience.recent_hours_min": sum(s["minutes"] * s.get("count", 1) for s in recent),
        "experience.distinct_clients_min": len({client for s in counted for client in s["clients"]}),
    }


def _qualified(session: Data, credential: str) -> bool:
    """Sentence 1: the mentor is judged on the day of the session."""
    mentor, on = session["mentor"], _day(session["on"])
    if on < date(2027, 1, 1):
        accepted = {"ACC": {"PCC", "MCC"}, "PCC": {"PCC", "MCC"}, "MCC": {"MCC"}}[credential]
        renewed = credential == "ACC" and mentor["credential"] == "ACC" and mentor["renewed"]
        return mentor["credential"] in accepted or renewed
    since = mentor["specialization_since"]
    holds = mentor["specialization"] if since is None or _day(since) <= on else None
    return holds in {"ACC": {"ACC", "PCC"}, "PCC": {"PCC"}, "MCC": {"MCC"}}[credential]


def _mentoring(profile: Data) -> dict[str, int]:
    """Sentence 6: one-to-one and at most seven hours of groups, over the countable sessions."""
    apply_on = _day(profile["apply_on"])
    counted = [
        s
        for s in profile["mentor_sessions"]
        if _day(s["on"]) <= apply_on and s["mentees"] <= 10 and _qualified(s, profile["credential"])
    ]
    alone = sum(s["minutes"] for s in counted if s["mentees"] == 1)
    group = sum(s["minutes"] for s in counted if s["mentees"] > 1)
    days = [_day(s["on"]) for s in counted]
    return {
        "mentor.total_hours_min": alone + min(group, 420),
        "mentor.one_to_one_hours_min": alone,
        "mentor.span_months_min": (max(days) - min(days)).days if days else 0,
        "mentor.observed_sessions_min": sum(s["observed"] for s in counted),
    }


def _status(have: int, mild: int, required: int) -> str:
    return "met" if have >= required else "needs_review" if mild >= required else "not_met"


@settings(max_examples=150)
@given(profile=profiles().filter(lambda made: made["path"] != "renewal"))
def test_the_coaching_log_adds_up_as_the_contract_says(profile: Data) -> None:
    found = rows(assess(profile))
    mild = _coaching(profile, MILD)
    for key, have in _coaching(profile, STRICT).items():
        if key in found:
            row = found[key]
            assert (row["have"], row["status"]) == (have, _status(have, mild[key], row["required"])), key


@settings(max_examples=150)
@given(profile=profiles().filter(lambda made: made["path"] != "renewal"))
def test_mentor_coaching_adds_up_as_the_contract_says(profile: Data) -> None:
    found = rows(assess(profile))
    told = _mentoring(profile)
    assert {key: found[key]["have"] for key in told if key in found} == {k: v for k, v in told.items() if k in found}


@settings(max_examples=150)
@given(profile=profiles())
def test_the_rules_of_the_day_are_read_and_the_verdict_follows_the_rows(profile: Data) -> None:
    answer = assess(profile)
    right = rule_set_for(profile["credential"], profile["path"], _day(profile["apply_on"]))
    statuses = {row["status"] for row in answer["requirements"]}
    verdict = "not_eligible" if "not_met" in statuses else "needs_review" if "needs_review" in statuses else "eligible"
    assert (answer["rule_set"], answer["verdict"]) == (right.id, verdict)
