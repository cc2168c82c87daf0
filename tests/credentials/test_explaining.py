from datetime import UTC, date, datetime

import pytest
import time_machine

from credentials.explaining.planning import Plan

NOTHING = {"education": 0, "coaching": 0, "paid": 0, "clients": 0, "mentoring": 0}
TODAY, BY = date(2026, 11, 22), date(2027, 5, 30)


def plan(path="level", completed="level1", **figures):
    asked = {"credential": "ACC", "path": path, "by": BY, "figures": NOTHING | figures, "completed": completed}
    return Plan.of(TODAY, **asked)


def test_the_requirements_stand_with_sources_and_confidence(client):
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC)):
        page = client.get("/credentials").get_data(as_text=True)
    for words in ("At least 100 hours", "At least 2,500 hours", "confidence high", "January 1, 2027", "April 1, 2027"):
        assert words in page


def test_somebody_who_has_it_all_misses_nothing():
    done = plan(education=70, coaching=110, paid=80, clients=9, mentoring=10)
    assert done.missing == []
    assert done.assessment["verdict"] == "eligible"


def test_what_is_missing_comes_with_a_pace_a_week():
    steps = {step.requirement.key: step for step in plan(education=70, coaching=40, paid=40, clients=9).missing}
    assert steps["experience.total_hours_min"].requirement.missing == 60 * 60
    assert steps["experience.total_hours_min"].weekly == "2 h 14 min a week"


def test_more_hours_never_lengthen_the_list():
    lengths = [len(plan(education=70, coaching=n, paid=n, clients=9).missing) for n in (0, 25, 75, 100, 200)]
    assert lengths == sorted(lengths, reverse=True)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("by=2020-01-01", "Choose a day that is still to come"),
        ("by=whenever", "Not a valid date value"),
        ("by=2027-05-01&coaching=-4", "Between 0 and 20,000"),
        ("by=2027-05-01&coaching=many", "Not a valid integer value"),
    ],
)
def test_a_figure_that_cannot_be_is_answered_beside_the_field(client, asked, words):
    answer = client.get(f"/credentials/planner?{asked}")
    assert answer.status_code == 200
    assert words in answer.get_data(as_text=True)


def test_a_plan_is_an_address_that_can_be_shared(client):
    page = client.get("/credentials/planner?credential=PCC&path=level&by=2028-05-01&coaching=&clients=").get_data(True)
    assert "PCC by May 1, 2028" in page
    assert "500 h missing" in page
