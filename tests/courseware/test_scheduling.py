"""What a scheduled class promises."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from courseware.attending import record_attendance
from courseware.models import LiveClass
from courseware.scheduling import schedule
from enrollment.models import Cohort
from foundation.db import db
from foundation.errors import Refused


@pytest.fixture
def cohort(school, context):
    return db.session.get_one(Cohort, school.cohort().id)


def planned(school, cohort, **wishes):
    values = {"title": "Studio", "starts_at": school.now(), "minutes": 150, "core_minutes": 120, "at": school.now()}
    return schedule(cohort, **(values | wishes))


def test_a_class_scheduled_twice_is_one_class_with_the_latest_room(school, cohort):
    starts_at = school.now()
    planned(school, cohort, starts_at=starts_at)
    planned(school, cohort, starts_at=starts_at, join_url="https://meet.example.com/new")
    assert db.session.scalars(select(LiveClass.join_url)).all() == ["https://meet.example.com/new"]


def test_the_length_of_a_marked_class_stays(school, cohort):
    starts_at = school.now() - timedelta(hours=1)
    made = planned(school, cohort, starts_at=starts_at)
    place = school.enrollment(school.user(), cohort)
    record_attendance(made, {place.id: 150}, actor=None, at=school.now())
    with pytest.raises(Refused):
        planned(school, cohort, starts_at=starts_at, minutes=120)


@pytest.mark.parametrize(
    "wrong", [{"minutes": 0}, {"core_minutes": 151}, {"minutes": 2000}, {"join_url": "javascript:alert(1)"}]
)
def test_a_class_that_can_not_be_is_refused(school, cohort, wrong):
    with pytest.raises(Refused):
        planned(school, cohort, **wrong)
