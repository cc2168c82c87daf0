"""Laying: classes come into a timetable, many by a pattern or one alone, and whoever is enrolled is told once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.models import User
from courseware.models import Lesson, LiveClass
from courseware.scheduling import schedule
from courseware.timetable import telling
from courseware.timetable.patterns import Slot
from enrollment import seating
from enrollment.models import Cohort
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused


@dataclass(frozen=True, slots=True)
class ClassDraft:
    """What classes of one kind have in common; lengths in minutes."""

    title: str
    minutes: int
    core_minutes: int
    lesson: Lesson | None = None
    instructor: User | None = None
    join_url: str = ""


def standing(cohort: Cohort) -> set[datetime]:
    """The moments at which the cohort has a class."""
    query = select(LiveClass.starts_at).where(LiveClass.cohort_id == cohort.id, LiveClass.called_off_at.is_(None))
    return set(db.session.scalars(query))


def lay(cohort: Cohort, slots: Sequence[Slot], draft: ClassDraft, *, actor: User, at: datetime) -> list[LiveClass]:
    """A class for each slot that has none yet; several are numbered. Done twice it is done once. Raises Refused."""
    cohort = seating.lock(cohort)
    must_take_place(cohort)
    known = standing(cohort)
    free = [slot for slot in slots if slot.at not in known]
    made = [_one(cohort, slot, _title(draft, n, len(free)), draft, actor, at) for n, slot in enumerate(free, 1)]
    if made:
        facts = {"classes": len(made), "first": made[0].starts_at.isoformat()}
        line = record("timetable.laid", subject=cohort, actor=actor, at=at, **facts)
        telling.added(cohort, made, line, at=at)
    return made


def must_take_place(cohort: Cohort) -> None:
    if cohort.cancelled_at is not None:
        raise Refused("This cohort was called off.")


def _title(draft: ClassDraft, number: int, of: int) -> str:
    return f"{draft.title}, {number} of {of}" if of > 1 else draft.title


def _one(cohort: Cohort, slot: Slot, title: str, draft: ClassDraft, actor: User, at: datetime) -> LiveClass:
    return schedule(
        cohort,
        title=title,
        starts_at=slot.at,
        minutes=draft.minutes,
        core_minutes=draft.core_minutes,
        lesson=draft.lesson,
        instructor=draft.instructor,
        join_url=draft.join_url,
        actor=actor,
        at=at,
    )
