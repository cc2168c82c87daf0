"""What a quiz promises."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from courseware import quizzing
from courseware.models import Lesson, QuizAttempt
from credentials.models import LedgerEntry
from enrollment.models import Enrollment
from foundation.db import db
from foundation.errors import Refused


@pytest.fixture
def program(school):
    return school.program()


@pytest.fixture
def quiz(school, program):
    return school.quiz(program)


@pytest.fixture
def place(school, ana, program, quiz):
    return school.enrollment(ana, school.cohort(of=program))


@pytest.fixture
def here(place):
    return f"/learn/{place.public_id}/quiz"


def ids(app, quiz) -> dict[str, list[str]]:
    """The form's fields with the right answers."""
    with app.app_context():
        return {f"q{q.id}": [str(c.id) for c in q.choices if c.is_correct] for q in quizzing.questions_of(quiz.id)}


def text(response) -> str:
    return response.get_data(as_text=True)


def test_a_passed_quiz_is_finished_and_its_minutes_are_written_once(app, client, ana, quiz, here):
    learner, right = client.sign_in(ana), ids(app, quiz)
    page = learner.submit(f"{here}/answers", {**right, "number": "1"}, on=here, follow_redirects=True)
    assert "Passed: 2 of 2 right" in text(page)
    token = learner.token(here)
    for number in ("1", "2"):
        learner.post(f"{here}/answers", data={**right, "number": number, "csrf_token": token})
    with app.app_context():
        (entry,) = db.session.scalars(select(LedgerEntry)).all()
        assert (entry.minutes, entry.evidence["percent"]) == (20, 100)
        assert len(db.session.scalars(select(QuizAttempt)).all()) == 2


def test_a_question_left_out_is_named_beside_it_and_the_other_answer_stays(app, client, ana, quiz, here):
    learner, right = client.sign_in(ana), ids(app, quiz)
    (first, chosen), (second, _) = right.items()
    page = learner.submit(f"{here}/answers", {first: chosen, "number": "1"}, on=here)
    assert page.status_code == 422
    assert f'id="{second}-error"' in text(page)
    assert f'id="{first}-error"' not in text(page)
    assert "checked" in text(page)
    with app.app_context():
        assert db.session.scalars(select(QuizAttempt)).all() == []


def test_a_quiz_that_is_not_passed_explains_and_can_be_tried_again(app, client, ana, quiz, here):
    learner, right = client.sign_in(ana), ids(app, quiz)
    (first, chosen), (second, both) = right.items()
    page = learner.submit(
        f"{here}/answers", {first: chosen, second: both[:1], "number": "1"}, on=here, follow_redirects=True
    )
    assert "Not passed yet: 1 of 2 right" in text(page)
    assert "The answer is the client&#39;s." in text(page)
    assert "you chose this" in text(page)
    assert "Check my answers" in text(learner.get(f"{here}?again=1"))
    with app.app_context():
        assert db.session.scalars(select(LedgerEntry)).all() == []


def test_a_quiz_is_not_finished_by_asking(app, client, ana, here):
    learner = client.sign_in(ana)
    page = learner.submit(f"{here}/complete", on=here, follow_redirects=True)
    assert "A quiz is finished by passing it." in text(page)
    with app.app_context():
        assert db.session.scalars(select(LedgerEntry)).all() == []


@pytest.mark.parametrize("wrong", ["0", "-1", "999999999999999999999999", "x", "1 OR 1=1"])
def test_an_answer_that_was_not_offered_is_refused(app, client, ana, quiz, here, wrong):
    learner, right = client.sign_in(ana), ids(app, quiz)
    first = next(iter(right))
    page = learner.submit(f"{here}/answers", {**right, first: wrong, "number": "1"}, on=here)
    assert page.status_code == 422


def test_every_page_of_a_quiz_takes_eight_statements_at_most(app, client, ana, quiz, here, queries):
    learner, right = client.sign_in(ana), ids(app, quiz)
    with queries() as q:
        learner.get(here)
    assert q.count <= 8, "\n".join(q.sent)
    learner.submit(f"{here}/answers", {**right, "number": "1"}, on=here)
    for path in (here, f"{here}?again=1"):
        with queries() as q:
            learner.get(path)
        assert q.count <= 8, "\n".join(q.sent)


def test_what_was_answered_stays_as_it_was_when_the_question_is_edited(school, context, quiz, place):
    enrollment, lesson = db.session.get_one(Enrollment, place.id), db.session.get_one(Lesson, quiz.id)
    questions = quizzing.questions_of(lesson.id)
    given = {q.id: {c.id for c in q.choices if c.is_correct} for q in questions}
    attempt = quizzing.answer(enrollment, lesson, given, number=1, at=school.now())
    questions[0].text = "Something else?"
    db.session.flush()
    assert attempt.answers[0]["question"] == "Who brings the subject?"
    with pytest.raises(DBAPIError):
        db.session.execute(QuizAttempt.__table__.delete())


def test_one_answer_to_a_question_with_one_answer(school, context, quiz, place):
    enrollment, lesson = db.session.get_one(Enrollment, place.id), db.session.get_one(Lesson, quiz.id)
    given = {q.id: {c.id for c in q.choices} for q in quizzing.questions_of(lesson.id)}
    with pytest.raises(Refused):
        quizzing.answer(enrollment, lesson, given, number=1, at=school.now())
