"""What holds for every profile: hours never hurt, order never matters, later rules never reach back."""

from __future__ import annotations

import copy
import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.evaluating import evaluate
from credentials.rules import RuleBook, rule_book
from tests.credentials.profiles import assess, rows

RANK = {"not_eligible": 0, "needs_review": 1, "eligible": 2}
DAYS = st.dates(date(2024, 1, 1), date(2027, 6, 30)).map(str)
APPLY = st.dates(date(2025, 6, 1), date(2027, 12, 31)).map(str)


@st.composite
def sessions(draw: st.DrawFn) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": f"s{draw(st.integers(0, 999))}",
        "on": draw(DAYS),
        "minutes": draw(st.integers(2, 6000)),
        "clients": draw(st.lists(st.integers(0, 40).map(lambda n: f"c{n}"), min_size=1, max_size=18)),
        "payment": draw(st.sampled_from(["paid", "barter", "peer_exchange", "pro_bono"])),
    }
    if draw(st.booleans()):
        made["participants"] = draw(st.integers(1, 30))
    if draw(st.integers(0, 3)) == 0:
        until = min(date.fromisoformat(made["on"]) + timedelta(days=draw(st.integers(0, 400))), date(2028, 1, 1))
        made["until"] = str(until)
    else:
        made["count"] = draw(st.integers(1, 4))
    for name, values in (
        ("kind", ["coaching", "training"]),
        ("consent", ["given", "refused", "covered_by_letter"]),
        ("direct_report", [False, True]),
    ):
        if draw(st.integers(0, 5)) == 0:
            made[name] = draw(st.sampled_from(values))
    return made


@st.composite
def mentor_sessions(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "id": f"m{draw(st.integers(0, 99))}",
        "on": draw(DAYS),
        "minutes": draw(st.integers(1, 400)),
        "mentees": draw(st.integers(1, 12)),
        "observed": draw(st.booleans()),
        "mentor": {
            "name": "R. Vance",
            "credential": draw(st.sampled_from(["ACC", "PCC", "MCC", "none"])),
            "renewed": draw(st.booleans()),
            "specialization": draw(st.sampled_from([None, "ACC", "PCC", "MCC"])),
            "specialization_since": draw(st.one_of(st.none(), DAYS)),
        },
    }


@st.composite
def courses(draw: st.DrawFn) -> dict[str, Any]:
    minutes = draw(st.one_of(st.just(7800), st.integers(0, 9000)))
    return {
        "id": f"e{draw(st.integers(0, 9))}",
        "title": "A course",
        "accreditation": draw(st.sampled_from(["level1", "level2", "level3", "actp", "acsth", "cce", "none"])),
        "starts_on": draw(st.dates(date(2023, 1, 1), date(2026, 1, 1)).map(str)),
        "ends_on": None,
        "completed": draw(st.booleans()),
        "minutes": minutes,
        "core_minutes": draw(st.one_of(st.just(minutes), st.integers(0, minutes))),
        "synchronous_minutes": draw(st.integers(0, minutes)),
    }


@st.composite
def units(draw: st.DrawFn) -> dict[str, Any]:
    category = draw(st.sampled_from(["core", "ethics", "resource", "supervision"]))
    return {
        "id": f"u{draw(st.integers(0, 99))}",
        "on": draw(DAYS),
        "minutes": draw(st.integers(1, 1500)),
        "category": category,
    }


@st.composite
def profiles(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "credential": draw(st.sampled_from(["ACC", "PCC", "MCC"])),
        "path": draw(st.sampled_from(["level", "portfolio", "renewal"])),
        "apply_on": draw(APPLY),
        "education": draw(st.lists(courses(), min_size=draw(st.integers(0, 2)), max_size=3)),
        "sessions": draw(st.lists(sessions(), max_size=12)),
        "mentor_sessions": draw(st.lists(mentor_sessions(), max_size=8)),
        "recordings": draw(st.integers(0, 2)),
        "competency_review_form": draw(st.booleans()),
        "credentials_held": draw(
            st.lists(
                st.builds(
                    lambda credential, day: {"credential": credential, "awarded_on": str(day)},
                    st.sampled_from(["ACC", "PCC", "MCC"]),
                    st.dates(date(2023, 1, 1), date(2026, 1, 1)),
                ),
                max_size=3,
            )
        ),
        "continuing_education": draw(st.lists(units(), max_size=8)),
    }


@settings(max_examples=100)
@given(profile=profiles())
def test_every_answer_is_what_its_schema_says(profile: dict[str, Any]) -> None:
    answer = assess(profile)
    statuses = {row["status"] for row in answer["requirements"]}
    assert (answer["verdict"] == "not_eligible") == ("not_met" in statuses)
    assert answer["verdict"] != "eligible" or statuses <= {"met", "not_applicable"}


@settings(max_examples=60)
@given(profile=profiles(), seed=st.integers(0, 99))
def test_the_order_of_records_never_matters(profile: dict[str, Any], seed: int) -> None:
    shuffled = copy.deepcopy(profile)
    for part in shuffled.values():
        if isinstance(part, list):
            random.Random(seed).shuffle(part)
    assert evaluate(shuffled) == evaluate(profile)


@settings(max_examples=60)
@given(
    profile=profiles(),
    more=st.lists(sessions(), min_size=1, max_size=3),
    mentored=st.lists(mentor_sessions(), max_size=2),
)
def test_more_hours_never_hurt(profile: dict[str, Any], more: list[Any], mentored: list[Any]) -> None:
    richer = {**profile, "sessions": profile["sessions"] + more}
    assert RANK[evaluate(richer)["verdict"]] >= RANK[evaluate(profile)["verdict"]]
    before, after = (
        rows(evaluate(profile)),
        rows(evaluate({**richer, "mentor_sessions": profile["mentor_sessions"] + mentored})),
    )
    assert all(after[key]["have"] >= row["have"] for key, row in before.items() if row["unit"] == "minutes")


@settings(max_examples=60)
@given(profile=profiles(), at=st.integers(1, 5999))
def test_splitting_a_session_never_changes_a_sum(profile: dict[str, Any], at: int) -> None:
    parts: list[dict[str, Any]] = []
    for session in profile["sessions"]:
        first = min(at, session["minutes"] - 1)
        parts += [{**session, "minutes": first}, {**session, "minutes": session["minutes"] - first}]
    whole, split = evaluate(profile), evaluate({**profile, "sessions": parts})
    assert split["requirements"] == whole["requirements"]
    assert split["verdict"] == whole["verdict"]
    assert sum(left["minutes"] for left in split["excluded"]) == sum(left["minutes"] for left in whole["excluded"])


def _with_rules_of_2026_06_01() -> RuleBook:
    """The rulebook with every open rule set of an application followed, on 2026-06-01, by one of doubled figures."""
    book, day = rule_book(), date(2026, 6, 1)
    changed = {}
    for rule_set in book.rule_sets.values():
        later = rule_set.serves and rule_set.in_force_on(day) and (rule_set.effective_from or day) < day
        if not later:
            changed[rule_set.id] = rule_set
            continue
        harder = tuple(replace(rule, value=rule.value * 2) if rule.op == ">=" else rule for rule in rule_set.rules)
        changed[rule_set.id] = replace(rule_set, effective_to=day - timedelta(days=1))
        new_id = f"{rule_set.id}-harder"
        changed[new_id] = replace(rule_set, id=new_id, effective_from=day, rules=harder)
    return replace(book, rule_sets=changed)


HARDER = _with_rules_of_2026_06_01()


@settings(max_examples=60)
@given(profile=profiles())
def test_a_later_rule_set_never_leaks_into_an_earlier_day(profile: dict[str, Any]) -> None:
    now, then = evaluate(profile), evaluate(profile, HARDER)
    if profile["apply_on"] < "2026-06-01":
        same = ("verdict", "rule_set", "requirements", "excluded", "notices")
        assert {key: then[key] for key in same} == {key: now[key] for key in same}
    else:
        assert then["rule_set"] == now["rule_set"] + "-harder" or now["rule_set"].endswith("2027")
