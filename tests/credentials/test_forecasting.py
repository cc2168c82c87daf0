from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.forecasting import FEASIBLE_A_WEEK, Outlook, _look, forecast, next_step
from credentials.profiling import records_of
from credentials.standing import Requirement, Standing
from foundation.clock import today

DAY = date(2026, 11, 24)


def needed(missing, unit="minutes", required=6000):
    return Requirement(
        key="experience.total_hours_min", label="Coaching experience", unit=unit, required=required, verified=0,
        have=required - missing, missing=missing, planned=0, status="not_met", note="", sources=(), confidence="high",
    )  # fmt: skip


@pytest.fixture
def coach(school):
    """Coached an hour every ninth day with two clients: ten hours in the last 90 days."""
    user = school.user("Tomás Ferreira")
    school.enrollment(user, school.cohort(starts_in=-150))
    clients = [school.coached_client(user, name) for name in ("Mara Quist", "Idris Bello")]
    for n in range(10):
        school.coaching_session(user, clients[n % 2], on=today() - timedelta(days=9 * n + 1))
    return user


def look_ahead(school, user, days=0):
    with school.app.app_context():
        standing = Standing(records_of(user.id), "ACC", "level", today() + timedelta(days=days))
        found = forecast(standing, today())
        return {one.requirement.key: one for one in found}, next_step(standing, found)


def test_without_a_later_day_the_page_says_only_when_it_will_be_there(school, coach):
    found, _ = look_ahead(school, coach)
    total = found["experience.total_hours_min"]
    assert (total.outlook, total.there_on) == (Outlook.KNOWN, today() + timedelta(days=810))


def test_a_day_far_enough_away_is_on_pace_and_one_too_near_is_at_risk_or_no_longer_possible(school, coach):
    outlooks = [look_ahead(school, coach, days)[0]["experience.total_hours_min"].outlook for days in (900, 120, 14)]
    assert outlooks == [Outlook.ON_PACE, Outlook.AT_RISK, Outlook.IMPOSSIBLE]


def test_what_was_never_begun_has_no_pace(school, coach):
    assert look_ahead(school, coach)[0]["mentor.total_hours_min"].outlook == Outlook.NO_PACE


def test_the_smallest_next_step_is_to_send_what_is_logged(school, coach):
    assert look_ahead(school, coach)[1] == "Send 10 h that are logged for review."


def test_the_page_shows_the_forecast_for_the_day_that_was_asked_for(client, school, coach):
    by = today() + timedelta(days=120)
    page = client.sign_in(coach).get(f"/hours?credential=ACC&path=level&on={by}").text
    assert "Will it be there by" in page
    assert "At risk" in page


@given(st.integers(1, 150_000), st.integers(0, 20_000), st.integers(1, 2000))
def test_on_pace_means_that_the_pace_reaches_it_in_time(missing, pace, days):
    found = _look(needed(missing, required=150_000), pace, DAY, DAY + timedelta(days=days))
    if found.outlook == Outlook.ON_PACE:
        assert pace * days >= missing * 90
    if found.outlook == Outlook.IMPOSSIBLE:
        assert missing * 7 > FEASIBLE_A_WEEK["minutes"] * days - 7 * days


@given(st.integers(1, 150_000), st.integers(0, 20_000), st.integers(1, 2000))
def test_a_faster_pace_is_never_later(missing, pace, more):
    slow, fast = (_look(needed(missing), p, DAY, DAY).there_on for p in (pace, pace + more))
    assert slow is None or (fast is not None and fast <= slow)
