"""Counting: prior learning that stands by itself is a course of its own in a credential profile."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, Text, bindparam, cast, select

from credentials.models import Kind, LedgerEntry, LedgerReview, ReviewState
from credentials.summing import Sum
from foundation.asking import rows


class Elsewhere(NamedTuple):
    """A line of a course elsewhere. `evidence` is JSON as text."""

    evidence_ref: str
    title: str
    evidence: str
    minutes: int
    core_minutes: int
    synchronous: bool
    state: ReviewState


@dataclass(frozen=True, slots=True)
class Course:
    """One course elsewhere: the lines that it wrote, each with where it stands."""

    lines: Sequence[Elsewhere]

    def record(self, states: Iterable[ReviewState]) -> dict[str, Any] | None:
        """As the profile has it (`contracts/credential_profile.schema.json`); None where nothing of it stands so."""
        wanted = frozenset(states)
        counted = [line for line in self.lines if line.state in wanted]
        if not counted:
            return None
        first = counted[0]
        told = json.loads(first.evidence)
        return {
            "id": f"prior:{first.evidence_ref.rpartition(':')[2]}",
            "title": first.title,
            "accreditation": told["accreditation"],
            "starts_on": told["first_on"],
            "ends_on": told["last_on"],
            "completed": bool(told["completed"]),
            "minutes": sum(line.minutes for line in counted),
            "core_minutes": sum(line.core_minutes for line in counted),
            "synchronous_minutes": sum(line.minutes for line in counted if line.synchronous),
        }


def courses_of(lines: Iterable[Elsewhere]) -> list[Course]:
    """Courses elsewhere that count in no program of ours, in the order of their first lines."""
    found: dict[str, list[Elsewhere]] = {}
    for line in lines:
        found.setdefault(line.evidence_ref, []).append(line)
    return [Course(made) for made in found.values()]


def lines_elsewhere(user_id: int, sums: Iterable[Sum]) -> tuple[Elsewhere, ...]:
    """What such courses wrote and was not taken back; asked for only where the ledger has such hours."""
    if not any(one.kind == Kind.EDUCATION and one.enrollment_id is None and one.minutes for one in sums):
        return ()
    return tuple(Elsewhere._make(row) for row in rows(_lines(), {"user_id": user_id}))


@cache
def _lines() -> Select[*tuple[Any, ...]]:
    one, taken_back = LedgerEntry, LedgerEntry.__table__.alias("taken_back")
    told = (one.evidence_ref, one.title, cast(one.evidence, Text), one.minutes, one.core_minutes, one.synchronous)
    return (
        select(*told, LedgerReview.state)
        .join(LedgerReview, LedgerReview.entry_id == one.id)
        .where(one.user_id == bindparam("user_id"), one.kind == Kind.EDUCATION)
        .where(one.enrollment_id.is_(None), one.evidence_type == "prior_learning", one.reverses_id.is_(None))
        .where(~select(taken_back.c.id).where(taken_back.c.reverses_id == one.id).exists())
        .order_by(one.id)
    )
