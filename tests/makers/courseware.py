"""Courses, classes and what was studied."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from courseware.authoring import put_modules
from courseware.drafts import ChoiceDraft, LessonDraft, ModuleDraft, QuestionDraft
from courseware.models import Lesson, LessonKind, LiveClass, QuestionKind
from enrollment.models import Program
from foundation.db import db

CAPITAL = QuestionDraft(
    "Who brings the subject?",
    QuestionKind.SINGLE,
    [ChoiceDraft("The client", True), ChoiceDraft("The coach")],
    "The client owns the subject.",
)
CARE = QuestionDraft(
    "What does the coach take care of?",
    QuestionKind.MULTIPLE,
    [ChoiceDraft("The thinking", True), ChoiceDraft("The time", True), ChoiceDraft("The answer")],
    "The answer is the client's.",
)


def lessons(*titles: str, **wishes: Any) -> list[LessonDraft]:
    made = []
    for number, title in enumerate(titles, 1):
        values = {
            "path": f"{number:02}-{title.lower().replace(' ', '-')}.md",
            "slug": title.lower().replace(" ", "-"),
            "title": title,
            "minutes": 45,
            "core_minutes": 30,
            "body_md": f"## About {title}\n\nRead this.",
        }
        made.append(LessonDraft(**(values | wishes)))
    return made


def course(school: Any, program: Program, *titles: str, modules: int = 1, **wishes: Any) -> Program:
    """A program with reading lessons; `modules` of them hold the same titles with a number behind."""
    drafts = []
    for number in range(1, modules + 1):
        inside = lessons(*(t if number == 1 else f"{t} {number}" for t in titles), **wishes)
        for lesson in inside:
            lesson.path = f"{number}/{lesson.path}"
        drafts.append(ModuleDraft(str(number), f"Module {number}", "", inside))
    found = db.session.get_one(Program, program.id)
    put_modules(found, drafts)
    return found


def modules(school: Any, program: Program, *drafts: ModuleDraft) -> Program:
    found = db.session.get_one(Program, program.id)
    put_modules(found, list(drafts))
    return found


def quiz(school: Any, program: Program, title: str = "Quiz", **wishes: Any) -> Lesson:
    values = {"kind": LessonKind.QUIZ, "questions": [CAPITAL, CARE], "minutes": 20, "core_minutes": 20}
    (draft,) = lessons(title, **(values | wishes))
    put_modules(db.session.get_one(Program, program.id), [ModuleDraft("quizzes", "Quizzes", "", [draft])])
    return db.session.query(Lesson).filter_by(program_id=program.id, slug=draft.slug).one()


def live_class(school: Any, cohort: Any, *, starts_in: timedelta = timedelta(days=2), **wishes: Any) -> LiveClass:
    values = {
        "cohort_id": cohort.id,
        "title": "Studio one",
        "starts_at": school.now() + starts_in,
        "minutes": 150,
        "core_minutes": 120,
        "join_url": "https://meet.example.com/studio",
    }
    made = LiveClass(**(values | wishes))
    db.session.add(made)
    db.session.flush()
    return made


def lesson(school: Any, program: Any, slug: str) -> Lesson:
    return db.session.query(Lesson).filter_by(program_id=program.id, slug=slug).one()
