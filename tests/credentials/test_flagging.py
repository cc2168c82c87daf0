from datetime import time, timedelta

import pytest

from credentials.flagging import flags_of
from credentials.models import LedgerEntry
from foundation.db import db


def flags(school, session):
    with school.app.app_context():
        entry = db.session.get(LedgerEntry, session.entry_id)
        return flags_of([entry])[entry.id]


@pytest.fixture
def user(school):
    return school.user()


@pytest.fixture
def known(school, user):
    return school.coached_client(user)


def test_an_ordinary_session_has_no_flag(school, user, known):
    assert flags(school, school.coaching_session(user, known)) == []


def test_a_very_long_session_is_flagged(school, user, known):
    assert flags(school, school.coaching_session(user, known, minutes=240)) == ["very long: 4 h"]


def test_sessions_that_overlap_are_flagged(school, user, known):
    other = school.coached_client(user, "Idris Bello")
    school.coaching_session(user, known, starts=time(10, 0))
    second = school.coaching_session(user, other, starts=time(10, 30), minutes=45)
    assert flags(school, second) == ["overlaps with Session with C-01"]


def test_sessions_that_follow_each_other_do_not_overlap(school, user, known):
    other = school.coached_client(user, "Idris Bello")
    school.coaching_session(user, known, starts=time(10, 0))
    assert flags(school, school.coaching_session(user, other, starts=time(11, 0), minutes=45)) == []


def test_a_session_during_a_class_is_flagged(school, user, known):
    day = (school.now() - timedelta(days=7)).date()
    enrollment = school.enrollment(user, school.cohort())
    starts = {"type": "live_class", "ref": "1", "starts_at": f"{day}T15:00:00+00:00"}
    school.lesson_hours(enrollment, on=day, title="Live class 3", evidence=starts)
    session = school.coaching_session(user, known, on=day, starts=time(10, 30))
    assert flags(school, session) == ["overlaps with Live class 3"]


def test_the_same_minute_twice_is_flagged(school, user, known):
    school.coaching_session(user, known)
    second = school.coaching_session(user, known)
    assert flags(school, second) == ["same client, day and length as another line"]


def test_a_session_logged_long_afterwards_is_flagged(school, user, known):
    late = school.coaching_session(user, known, on=(school.now() - timedelta(days=120)).date())
    assert flags(school, late) == ["logged more than 90 days later"]
