"""How many classes can still be missed: said before it is too late, and never too many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseware.attendance.sparing import spare_of

NOW = datetime(2026, 3, 12, 12, tzinfo=UTC)


def meeting(minutes, *, attended=None, days=1):
    ends = NOW + timedelta(days=days)
    return SimpleNamespace(enrollment_id=1, minutes=minutes, attended=attended, ends_at=ends)


def spare(required, have, meetings):
    program = SimpleNamespace(synchronous_minutes=required)
    enrollment = SimpleNamespace(id=1, cohort=SimpleNamespace(program=program))
    totals = SimpleNamespace(minutes=lambda *_, **__: have)
    return spare_of(enrollment, meetings, totals, at=NOW)


lengths = st.lists(st.sampled_from([60, 90, 120, 150]), min_size=1, max_size=6)


@given(lengths, st.integers(0, 600), st.integers(1, 900))
def test_whichever_of_them_are_missed_the_live_hours_still_suffice_and_one_more_may_be_too_many(coming, have, required):
    found = spare(required, have, [meeting(minutes) for minutes in coming])
    if found is None:
        assert have + sum(coming) < required
        return
    left = have + sum(coming)
    assert all(left - sum(missed) >= required for missed in combinations(coming, found.can_miss))
    if found.can_miss < len(coming):
        assert any(left - sum(missed) < required for missed in combinations(coming, found.can_miss + 1))


@pytest.mark.parametrize(
    ("required", "have", "words", "tone"),
    [
        (300, 150, "You can still miss one class", "wait"),
        (150, 150, "Your live hours are enough, whichever class you miss", "good"),
        (450, 150, "You can’t miss a whole class any more", "wait"),
        (400, 150, "You can’t miss a whole class any more", "wait"),
    ],
)
def test_it_is_said_in_words(required, have, words, tone):
    found = spare(required, have, [meeting(150), meeting(150)])
    assert (found.words, found.tone) == (words, tone)


def test_once_it_is_too_late_it_says_how_much_will_be_missing():
    missed = meeting(150, attended=0, days=-1)
    found = spare(450, 0, [missed, meeting(150), meeting(150)])
    assert (found.words, found.tone) == (
        "2 h 30 min of live hours will be missing, even if you come to every class",
        "bad",
    )


def test_a_class_that_waits_for_its_marks_is_no_class_missed():
    assert spare(300, 0, [meeting(150, days=-1), meeting(150)]).words == "You can’t miss a whole class any more"


def test_nothing_is_said_while_the_timetable_is_not_complete_or_nothing_is_to_come():
    assert spare(1000, 0, [meeting(150)]) is None
    assert spare(100, 150, [meeting(150, attended=150, days=-1)]) is None
    assert spare(0, 0, [meeting(150)]) is None


def test_the_course_and_the_first_page_say_it(client, school):
    program = school.program(synchronous_minutes=300)
    cohort = school.cohort(of=program)
    ana = school.user("Ana Lima")
    place = school.enrollment(ana, cohort)
    for days in (-2, 2, 3):
        made = school.live_class(cohort, starts_in=timedelta(days=days))
        if days < 0:
            school.marked(made, place, 150)
    client.sign_in(ana)
    assert "You can still miss one class" in client.get(f"/learn/{place.public_id}/").text
    assert "You can still miss one class" in client.get("/learn").text
