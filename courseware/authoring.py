"""Authoring: a drafted course is put into a program; put in again, only what changed is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from accounts.models import User
from courseware.drafts import LessonDraft, ModuleDraft, QuestionDraft
from courseware.models import Choice, Lesson, Module, Question
from enrollment.models import Program
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused


@dataclass(slots=True)
class Written:
    """How many lessons were made, changed, left as they were; and those that the draft no longer has."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    orphans: list[str] = field(default_factory=list)


def put_modules(program: Program, drafts: list[ModuleDraft]) -> Written:
    """Write modules and lessons, matched by their `path`.

    A lesson that the draft lacks stays, for people may have taken it. Each address (`slug`) stands once in the drafts.
    """
    written = Written()
    modules = {m.source_path: m for m in db.session.scalars(select(Module).where(Module.program_id == program.id))}
    query = select(Lesson).where(Lesson.program_id == program.id).options(selectinload(Lesson.questions))
    lessons = {lesson.source_path: lesson for lesson in db.session.scalars(query)}
    _step_aside(lessons, drafts)
    for position, draft in enumerate(drafts, 1):
        module = _put_module(program, modules.get(draft.path), draft, position)
        for place, lesson in enumerate(draft.lessons, 1):
            _put_lesson(module, lessons.pop(lesson.path, None), lesson, place, written)
    db.session.flush()
    written.orphans = sorted(lesson.title for path, lesson in lessons.items() if path is not None)
    return written


def _step_aside(lessons: dict[str | None, Lesson], drafts: list[ModuleDraft]) -> None:
    """A lesson that no draft names gives its address up where a drafted one wants it."""
    wanted = {lesson.slug: lesson.path for module in drafts for lesson in module.lessons}
    for path, lesson in lessons.items():
        if wanted.get(lesson.slug, path) != path:
            lesson.slug = f"{lesson.slug}-{lesson.id}"
            lesson.content_hash = ""
    db.session.flush()


def _put_module(program: Program, module: Module | None, draft: ModuleDraft, position: int) -> Module:
    if module is None:
        module = Module(program_id=program.id, source_path=draft.path)
        db.session.add(module)
    module.title, module.summary, module.position = draft.title, draft.summary, position
    db.session.flush()
    return module


def _put_lesson(module: Module, lesson: Lesson | None, draft: LessonDraft, place: int, written: Written) -> None:
    if lesson is None:
        lesson = Lesson(program_id=module.program_id, source_path=draft.path, content_hash="")
        db.session.add(lesson)
        written.created += 1
    elif (lesson.content_hash, lesson.module_id, lesson.position) == (draft.digest, module.id, place):
        written.unchanged += 1
        return
    else:
        written.updated += 1
    lesson.module_id, lesson.position = module.id, place
    if lesson.content_hash != draft.digest:
        _fill(lesson, draft)


COPIED = (
    *("slug", "title", "kind", "summary", "minutes", "core_minutes", "synchronous", "body_md"),
    *("transcript_md", "media", "facts", "pass_percent"),
)


def _fill(lesson: Lesson, draft: LessonDraft) -> None:
    for name in COPIED:
        setattr(lesson, name, getattr(draft, name))
    lesson.content_hash = draft.digest
    lesson.questions = [_question(q, n) for n, q in enumerate(draft.questions, 1)]


def _question(draft: QuestionDraft, position: int) -> Question:
    choices = [Choice(text=c.text, is_correct=c.is_correct, position=n) for n, c in enumerate(draft.choices, 1)]
    return Question(text=draft.text, kind=draft.kind, explanation=draft.explanation, position=position, choices=choices)


def set_published(program: Program, is_published: bool, *, actor: User, at: datetime) -> None:
    """Put a program on the public pages, or take it off. Said twice it is said once; trainees in it notice nothing.

    Raises Refused where there is nothing to publish.
    """
    if program.is_published == is_published:
        return
    if is_published and db.session.scalar(select(Lesson.id).where(Lesson.program_id == program.id).limit(1)) is None:
        raise Refused("This program has no lesson yet.")
    program.is_published = is_published
    record("program.published" if is_published else "program.taken_off", subject=program, actor=actor, at=at)
