"""The rubric of the evaluation as versioned data: which competencies, which grades, who may assess, from when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from credentials.competencies import COMPETENCIES, NUMBERS, Competency

FOLDER = Path(__file__).parent / "data"
KNOWN_ASSESSORS = {"ACC_renewed_once", "PCC", "MCC"}


class RubricError(ValueError):
    """The rubrics contradict themselves; the message names the version."""


@dataclass(frozen=True, slots=True)
class Grade:
    code: str
    words: str
    passes: bool


@dataclass(frozen=True, slots=True)
class Criterion:
    """A competency, and what to listen for in it."""

    competency: Competency
    listen_for: str


@dataclass(frozen=True)
class Rubric:
    """One version. A submission keeps the version it was handed in under."""

    id: str
    framework: str
    effective_from: date
    note: str
    sources: tuple[tuple[str, str], ...]
    recording_minutes_min: int
    grades: tuple[Grade, ...]
    assessors: Mapping[str, tuple[str, ...]]
    criteria: tuple[Criterion, ...]

    @property
    def grade_words(self) -> dict[str, str]:
        return {one.code: one.words for one in self.grades}

    def passes(self, grade: str) -> bool:
        return any(one.code == grade and one.passes for one in self.grades)


@cache
def rubrics() -> Mapping[str, Rubric]:
    """Every version by its name, oldest first. Raises RubricError."""
    found = [checked(json.loads(file.read_text(encoding="utf-8"))) for file in sorted(FOLDER.glob("*.json"))]
    ordered = sorted(found, key=lambda one: one.effective_from)
    if len({one.id for one in ordered}) < len(ordered) or len({one.effective_from for one in ordered}) < len(ordered):
        raise RubricError("two rubrics of one name or of one day")
    return {one.id: one for one in ordered}


def rubric_on(day: date) -> Rubric:
    """The newest version in force on a day; before the first one, the first."""
    known = list(rubrics().values())
    return next((one for one in reversed(known) if one.effective_from <= day), known[0])


def rubric_named(name: str) -> Rubric:
    return rubrics()[name]


def checked(raw: Mapping[str, Any]) -> Rubric:
    """A version that holds every competency once, a grade that passes and one that does not. Raises RubricError."""
    name = raw.get("id", "?")
    named = {one.number: one for one in COMPETENCIES}
    told = {one["number"]: one["listen_for"] for one in raw["competencies"]}
    grades = tuple(Grade(one["code"], one["words"], one["passes"]) for one in raw["grades"])
    assessors = {level: tuple(names) for level, names in raw["assessors"].items()}
    if sorted(told) != sorted(NUMBERS) or len(told) < len(raw["competencies"]):
        raise RubricError(f"{name}: names not each of the eight competencies once")
    if {one.passes for one in grades} != {True, False}:
        raise RubricError(f"{name}: needs a grade that passes and one that does not")
    if not raw["sources"]:
        raise RubricError(f"{name}: has no source")
    if strange := {one for names in assessors.values() for one in names} - KNOWN_ASSESSORS:
        raise RubricError(f"{name}: nobody is called {sorted(strange)[0]}")
    return Rubric(
        id=raw["id"],
        framework=raw["framework"],
        effective_from=date.fromisoformat(raw["effective_from"]),
        note=raw["note"],
        sources=tuple((one["address"], one["says"]) for one in raw["sources"]),
        recording_minutes_min=raw["recording_minutes_min"],
        grades=grades,
        assessors=assessors,
        criteria=tuple(Criterion(named[number], told[number]) for number in NUMBERS),
    )
