"""What finishing a lesson promises."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select

from courseware import studying
from courseware.models import PROGRESS_MOVES, Lesson, LessonProgress, ProgressState
from credentials.models import LedgerEntry
from enrollment.models import Enrollment, EnrollmentState
from foundation.db import db
from foundation.errors import Refused
from foundation.states import MoveRefused


@pytest.fixture
def studies(school, context):
    program = school.program()
    school.course(program, "What coaching is", "Three agreements")
    enrollment = school.enrollment(school.user(), school.cohort(of=program))
    lesson = school.lesson(program, "what-coaching-is")
    return db.session.get_one(Enrollment, enrollment.id), db.session.get_one(Lesson, lesson.id)


def test_a_finished_lesson_is_in_the_ledger_once_with_its_evidence(studies, school):
    enrollment, lesson = studies
    for _ in range(3):
        studying.finish_lesson(enrollment, lesson, at=school.now())
    (entry,) = db.session.scalars(select(LedgerEntry)).all()
    assert (entry.minutes, entry.core_minutes, entry.synchronous) == (45, 30, False)
    assert entry.source_key == f"lesson:{lesson.id}:enrollment:{enrollment.id}"
    assert entry.evidence["ref"] == f"lesson:{lesson.id}"


def test_a_lesson_without_minutes_is_finished_and_earns_nothing(studies, school):
    enrollment, lesson = studies
    lesson.minutes = lesson.core_minutes = 0
    assert studying.finish_lesson(enrollment, lesson, at=school.now()) is None
    assert db.session.scalars(select(LedgerEntry)).all() == []
    assert db.session.scalars(select(LessonProgress)).one().state == ProgressState.FINISHED


def test_who_has_left_the_program_finishes_nothing(studies, school):
    enrollment, lesson = studies
    enrollment.state = EnrollmentState.WITHDRAWN
    with pytest.raises(Refused):
        studying.finish_lesson(enrollment, lesson, at=school.now())


def test_opening_a_finished_lesson_again_leaves_it_finished(studies, school):
    enrollment, lesson = studies
    studying.open_lesson(enrollment, lesson.id, at=school.now())
    assert db.session.scalars(select(LessonProgress)).one().state == ProgressState.UNDER_WAY
    studying.finish_lesson(enrollment, lesson, at=school.now())
    studying.open_lesson(enrollment, lesson.id, at=school.now())
    assert db.session.scalars(select(LessonProgress)).one().state == ProgressState.FINISHED


def test_a_place_in_a_film_is_a_number_of_seconds(studies, school):
    enrollment, lesson = studies
    studying.leave_at(enrollment, lesson.id, "73", at=school.now())
    assert db.session.scalars(select(LessonProgress.where_left)).one() == "73"
    for wrong in ("", "-1", "1e9", "12345678", "x"):
        with pytest.raises(Refused):
            studying.leave_at(enrollment, lesson.id, wrong, at=school.now())


@pytest.mark.parametrize(("old", "new"), itertools.product(ProgressState, repeat=2))
def test_progress_only_goes_forward(old, new):
    order = list(ProgressState)
    if order.index(new) >= order.index(old):
        PROGRESS_MOVES.check(old, new)
    else:
        with pytest.raises(MoveRefused):
            PROGRESS_MOVES.check(old, new)
