"""Putting an imported course into a program, and the report of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from courseware.authoring import Written, put_modules
from courseware.drafts import CourseDraft
from courseware.importing.formats import MARKDOWN, format_of
from courseware.importing.markdown import reading
from courseware.importing.sources import NotACourse, open_source
from enrollment.models import Level, Program
from foundation.db import db
from foundation.filters import count

NAMES = {
    "common_cartridge": "IMS Common Cartridge",
    "scorm": "SCORM",
    "olx": "Open edX OLX",
    "mbz": "Moodle backup",
    "moodle_xml": "Moodle XML",
    "qti": "QTI",
    "gift": "GIFT",
    "aiken": "Aiken",
}


RESERVED = {"import"}  # addresses of the staff's own pages beside a program's


def read_course(path: Path, name: str | None = None) -> CourseDraft:
    """The course that lies at a path, as a draft. Raises NotACourse with one line that says why not.

    `name` stands for the file's own name, where the file is a copy that carries another.
    """
    source = open_source(path)
    path, source.name = Path(name or path), name or source.name
    found = format_of(source)
    if found is None:
        raise NotACourse(f"{path}: no course in it that we know (no Markdown, no course package)")
    if found != MARKDOWN:
        raise NotACourse(f"{path}: this is {NAMES[found]}, a format that is not supported yet")
    return reading.read(source)


def import_course(draft: CourseDraft, *, at: datetime) -> dict[str, Any]:
    """Make or update the program of a draft, and answer with the report. The program waits, unpublished, for staff."""
    program = _program(draft, at)
    written = put_modules(program, draft.modules)
    _state_minutes(program, draft)
    return _report(program, draft, written)


def _program(draft: CourseDraft, at: datetime) -> Program:
    made_before = Program.facts["imported"]["key"].astext == draft.key
    program = db.session.scalar(select(Program).where(made_before).with_for_update(key_share=True))
    if program is None:
        program = Program(
            slug=_free_slug(draft.key),
            title=draft.title,
            level=Level.NONE,
            minutes=0,
            core_minutes=0,
            synchronous_minutes=0,
            summary=draft.summary or f"Imported from {draft.format.replace('_', ' ')}.",
            facts={"imported": {"key": draft.key, "format": draft.format}},
            is_published=False,
            created_at=at,
        )
        db.session.add(program)
        db.session.flush()
    return program


def _free_slug(key: str) -> str:
    taken = RESERVED | set(
        db.session.scalars(select(Program.slug).where(Program.slug.startswith(key, autoescape=True)))
    )
    tries = [key, *(f"{key}-{number}" for number in range(2, len(taken) + 3))]
    return next(slug for slug in tries if slug not in taken)


def _state_minutes(program: Program, draft: CourseDraft) -> None:
    program.minutes = draft.minutes
    program.core_minutes = sum(lesson.core_minutes for lesson in draft.lessons)
    program.synchronous_minutes = sum(lesson.minutes for lesson in draft.lessons if lesson.synchronous)


def _report(program: Program, draft: CourseDraft, written: Written) -> dict[str, Any]:
    lessons = draft.lessons
    warnings = list(draft.warnings)
    if written.orphans:
        named = ", ".join(written.orphans[:10])
        warnings.append(
            f"{count(len(written.orphans), 'lesson')} no longer in the course, kept in the program: {named}"
        )
    return {
        "format": draft.format,
        "program": program.slug,
        "title": program.title,
        "counts": {
            "modules": len(draft.modules),
            "lessons": len(lessons),
            "by_kind": dict(Counter(str(lesson.kind) for lesson in lessons)),
            "questions": sum(len(lesson.questions) for lesson in lessons),
            "media": 0,
            "minutes": draft.minutes,
        },
        "created": written.created,
        "updated": written.updated,
        "unchanged": written.unchanged,
        "left_out": [asdict(item) for item in draft.left_out],
        "warnings": warnings,
    }
