"""One small program beside the demo school, which a person can finish within a test."""

from __future__ import annotations

from datetime import timedelta

from courseware.authoring import put_modules
from courseware.drafts import ChoiceDraft, LessonDraft, ModuleDraft, QuestionDraft
from courseware.models import Lesson, LessonKind, LiveClass, QuestionKind
from enrollment.models import Cohort, Level, Program
from foundation.clock import now
from foundation.db import db

BODY = "## Sit down first\n\nBefore you ask anything, notice who is in the room, and that one of them is you.\n"


def drafts() -> list[ModuleDraft]:
    question = QuestionDraft(
        "Whose subject is it?",
        QuestionKind.SINGLE,
        [ChoiceDraft("The client's", True), ChoiceDraft("The coach's")],
        "The client brings the subject.",
    )
    reading = LessonDraft("1.md", "sitting-down", "Sitting down", minutes=45, core_minutes=45, body_md=BODY)
    quiz = LessonDraft(
        "2.md", "whose-subject", "Whose subject", LessonKind.QUIZ, minutes=15, core_minutes=15, questions=[question]
    )
    studio = LessonDraft(
        "3.md", "a-morning-together", "A morning together", LessonKind.LIVE_CLASS, minutes=60, core_minutes=60
    )
    studio.synchronous = True
    return [ModuleDraft("day", "One day", "A first taste.", [reading, quiz, studio])]


def make() -> None:
    at = now()
    program = Program(
        slug="one-day",
        title="One Day of Coaching",
        level=Level.CCE,
        minutes=120,
        core_minutes=120,
        synchronous_minutes=60,
        summary="Two hours, to find out.",
        description_md="A taste of it.",
        created_at=at,
        facts={},
        position=9,
    )
    db.session.add(program)
    db.session.flush()
    put_modules(program, drafts())
    cohort = Cohort(
        code="one-day-today",
        program_id=program.id,
        title="Today",
        starts_on=at.date(),
        ends_on=(at + timedelta(days=3)).date(),
        time_zone="America/New_York",
        seats=3,
        price_cents=12000,
        currency="USD",
        rhythm="once",
        opens_at=at - timedelta(days=5),
        closes_at=at + timedelta(days=1),
        created_at=at,
    )
    db.session.add(cohort)
    db.session.flush()
    lesson = db.session.query(Lesson).filter_by(program_id=program.id, slug="a-morning-together").one()
    db.session.add(
        LiveClass(
            cohort_id=cohort.id,
            lesson_id=lesson.id,
            title="A morning together",
            starts_at=at - timedelta(minutes=20),
            minutes=60,
            core_minutes=60,
            join_url="https://meet.example.com/morning",
        )
    )
    db.session.commit()


if __name__ == "__main__":
    from app import create_app

    with create_app().app_context():
        make()
