"""A course before it is in the database: what an author or an import says, in plain data."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from courseware.models import LessonKind, QuestionKind


@dataclass(slots=True)
class ChoiceDraft:
    text: str
    is_correct: bool = False


@dataclass(slots=True)
class QuestionDraft:
    text: str
    kind: QuestionKind
    choices: list[ChoiceDraft]
    explanation: str = ""


@dataclass(slots=True)
class LessonDraft:
    """One lesson; `path` names it for ever within its program, `slug` is its address."""

    path: str
    slug: str
    title: str
    kind: LessonKind = LessonKind.READING
    summary: str = ""
    minutes: int = 0
    core_minutes: int = 0
    synchronous: bool = False
    body_md: str = ""
    transcript_md: str = ""
    media: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    pass_percent: int = 75
    questions: list[QuestionDraft] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """A hash of all that it says; the same hash is the same lesson."""
        text = json.dumps(asdict(self), sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(slots=True)
class ModuleDraft:
    path: str
    title: str
    summary: str = ""
    lessons: list[LessonDraft] = field(default_factory=list)


@dataclass(slots=True)
class LeftOut:
    """Something that could not be taken, with the reason for the person who imports."""

    item: str
    kind: str
    reason: str


@dataclass(slots=True)
class CourseDraft:
    """A whole course. `key` is what it is called for ever: the same key is the same program."""

    key: str
    title: str
    format: str
    summary: str = ""
    modules: list[ModuleDraft] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def lessons(self) -> list[LessonDraft]:
        return [lesson for module in self.modules for lesson in module.lessons]

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)
