"""Every record is counted or left out by name, and the next change is announced for the day on which it comes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.evaluating import evaluate
from tests.credentials.profiles import assess, course, held, mentor, rows
from tests.credentials.test_evaluating_properties import profiles

Data = dict[str, Any]
ALL_OF_IT = (
    ("education", "education.total_hours_min"),
    ("sessions", "experience.total_hours_min"),
    ("mentor_sessions", "mentor.total_hours_min"),
    ("continuing_education", "renewal.cce_total_min"),
)
PAST_SUMMER = st.dates(date(2026, 6, 1), date(2026, 11, 20)).map(str)


def _minutes(records: Iterable[Data]) -> int:
    return sum(record["minutes"] * record.get("count", 1) for record in records)


def _left_out(answer: Data, ids: set[str]) -> int:
    """Minutes left out of the sum; a run across the window still counts in it."""
    named = (left for left in answer["excluded"] if left["record"] in ids and left["reason"] != "outside_window")
    return sum(left["minutes"] for left in named)


def _counted(profile: Data, key: str) -> int | None:
    """Minutes in the row; of a renewal's sum, those that are not mentor coaching."""
    row = rows(assess(profile)).get(key)
    if row is None:
        return None
    mentored = rows(evaluate({**profile, "continuing_education": []}))[key]["have"] if "renewal." in key else 0
    return int(row["have"]) - mentored


@settings(max_examples=60)
@given(profile=profiles())
def test_every_minute_is_counted_or_left_out_with_a_reason(profile: Data) -> None:
    answer = evaluate(profile)
    assert all(left["reason"] for left in answer["excluded"])
    for part, key in ALL_OF_IT:
        counted = _counted(profile, key)
        if counted is not None:
            assert counted + _left_out(answer, {r["id"] for r in profile[part]}) == _minutes(profile[part]), key


@st.composite
def applicants(draw: st.DrawFn) -> Data:
    """A Portfolio applicant of the winter before April 2027, whose records lie inside every window until then."""
    hours = draw(st.integers(7, 10))
    first, last = draw(PAST_SUMMER), draw(st.sampled_from(["2026-11-20", "2027-01-05"]))
    by = mentor("MCC", specialization="PCC", specialization_since=draw(st.sampled_from(["2026-01-01", "2027-01-06"])))
    return {
        "credential": draw(st.sampled_from(["ACC", "PCC"])),
        "path": "portfolio",
        "apply_on": draw(st.dates(date(2027, 1, 5), date(2027, 3, 31)).map(str)),
        "education": [course(hours=draw(st.sampled_from([59, 60, 125])))],
        "sessions": [
            {"id": f"s{n}", "on": draw(PAST_SUMMER), "minutes": 1200, "clients": [f"c{n}"], "payment": "paid"}
            for n in range(draw(st.sampled_from([7, 8, 25])))
        ],
        "mentor_sessions": [
            {
                "id": f"m{n}",
                "on": on,
                "minutes": hours * 20,
                "mentees": 1,
                "mentor": by,
                "observed": draw(st.booleans()),
            }
            for n, on in enumerate([first, "2026-09-01", last])
        ],
        "recordings": draw(st.integers(0, 2)),
        "competency_review_form": draw(st.booleans()),
        "credentials_held": [held()],
    }


def _gaps(answer: Data) -> Data:
    return {
        k: (r["status"], r["missing"]) for k, r in rows(answer).items() if r["status"] in ("not_met", "needs_review")
    }


@settings(max_examples=60)
@given(profile=applicants())
def test_what_is_announced_comes_on_its_day_and_nothing_changes_before(profile: Data) -> None:
    today = assess(profile)
    change = today["next_change"]
    comes = date.fromisoformat(change["date"]) if change else date(2027, 4, 1)
    before, after = (assess({**profile, "apply_on": str(day)}) for day in (comes - timedelta(days=1), comes))
    assert (before["verdict"], _gaps(before)) == (today["verdict"], _gaps(today))
    if change:
        assert (after["rule_set"], after["verdict"]) == (change["rule_set"], change["verdict"])
        assert _gaps(after) != _gaps(today) or after["verdict"] != today["verdict"]
    else:
        assert (after["verdict"], _gaps(after)) == (today["verdict"], _gaps(today))
