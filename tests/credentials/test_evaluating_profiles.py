"""A profile that is not valid is refused in one line that names the field; our check agrees with the schema itself."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from credentials.contracts import Invalid, check_profile, profile_schema
from credentials.contracts.validating import compile_schema
from credentials.evaluating import ProfileError, evaluate
from tests.credentials.profiles import course, held, level, mcc, mentor, mentoring, portfolio, renewal, session

SCHEMA = Draft202012Validator(profile_schema(), format_checker=FormatChecker())


@pytest.mark.parametrize(
    ("profile", "line"),
    [
        ([], "profile: must be an object"),
        (None, "profile: must be an object"),
        ({}, "credential: is missing"),
        (level(credential="CPCC"), "credential: must be one of ACC, PCC, MCC"),
        (level(credential=["ACC"]), "credential: must be one of ACC, PCC, MCC"),
        (level(apply_on="2026-02-30"), "apply_on: must be a real date, YYYY-MM-DD"),
        (level(apply_on="20261122"), "apply_on: must be a real date, YYYY-MM-DD"),
        (level(apply_on=20261122), "apply_on: must be text"),
        (level(colour="blue"), "colour: is not a known field"),
        (level(sessions={}), "sessions: must be a list"),
        (level(sessions=[session(), session(minutes=0)]), "sessions[1].minutes: must be at least 1"),
        (level(sessions=[session(minutes=1.5)]), "sessions[0].minutes: must be a whole number"),  # type: ignore[arg-type]
        (level(sessions=[session(minutes=True)]), "sessions[0].minutes: must be a whole number"),
        (level(sessions=[session(clients=[])]), "sessions[0].clients: must have at least 1 entry"),
        (level(sessions=[session(clients=[7])]), "sessions[0].clients[0]: must be text"),
        (level(sessions=[session(payment="free")]), "sessions[0].payment: must be one of paid, barter, internal,"),
        (level(sessions=[session(until="2026-05-31")]), "sessions[0].until: is before on"),
        (
            level(education=[course(core_minutes=4000)]),
            "education[0].core_minutes: is more than the course's 3600 minutes",
        ),
        (level(education=[course(ends_on="2025-03-02")]), "education[0].ends_on: is before starts_on"),
        (level(education=[{"id": "e"}]), "education[0].title: is missing"),
        (
            portfolio(mentor_sessions=[mentoring("m", "2026-01-01", by=mentor("CPCC"))]),
            "mentor_sessions[0].mentor.credential:",
        ),
        (
            portfolio(mentor_sessions=[mentoring("m", "2026-01-01", by={"name": "x"})]),
            "mentor_sessions[0].mentor.credential: is",
        ),
        (
            renewal(credentials_held=[held("PCC", "2024-01-01", "2023-01-01")]),
            "credentials_held[0].expires_on: is before",
        ),
        (level(**{"a\nb": 1}), "'a\\nb': is not a known field"),
    ],
)
def test_a_refusal_names_the_field(profile: Any, line: str) -> None:
    with pytest.raises(ProfileError) as refused:
        evaluate(profile)
    assert str(refused.value).startswith(line)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("profile", [level(), portfolio(), mcc(), renewal("ACC")])
def test_what_the_schema_takes_is_assessed(profile: dict[str, Any]) -> None:
    SCHEMA.validate(profile)
    assert evaluate(profile)["verdict"] in {"eligible", "not_eligible", "needs_review"}


def test_the_least_that_a_profile_can_be_is_assessed() -> None:
    for path in ("level", "portfolio", "renewal"):
        assert evaluate({"credential": "MCC", "path": path, "apply_on": "2026-11-22"})["verdict"] == "not_eligible"


def test_a_whole_number_written_with_a_point_is_a_whole_number() -> None:
    assert evaluate(level(sessions=[session(minutes=60.0)]))["requirements"][2]["have"] == 60  # type: ignore[arg-type]


def test_days_at_the_ends_of_the_calendar_are_taken() -> None:
    far = renewal(apply_on="9999-12-31", credentials_held=[held("PCC", "0001-01-01", "9999-12-31")])
    assert evaluate(far)["rule_set"] == "renewal-pcc-2025"


def test_a_profile_is_left_as_it_was() -> None:
    given = portfolio()
    before = copy.deepcopy(given)
    evaluate(given)
    assert given == before


def test_a_schema_keyword_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="pattern"):
        compile_schema({"type": "string", "pattern": "x"})


WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.floats(allow_nan=False),
    st.sampled_from(["", "ACC", "paid", "2026-01-01", "2026-13-01", "2026-W01-1", "x"]),
    st.just([]),
    st.just({}),
)


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """A valid profile in which one value, somewhere, was replaced, left out or added."""
    profile = copy.deepcopy(draw(st.sampled_from([portfolio(), mcc(), renewal("ACC")])))
    place: Any = profile
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw(st.sampled_from(keys))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or draw(st.booleans()):
            break
        place = inner
    if draw(st.booleans()) and isinstance(place, dict):
        del place[key]
    else:
        place[key] = draw(WRONG)
    return profile


@settings(max_examples=300)
@given(profile=spoiled())
def test_our_check_agrees_with_the_schema(profile: Any) -> None:
    try:
        check_profile(profile)
        passes = True
    except Invalid:
        passes = False
    assert passes == SCHEMA.is_valid(profile)
