"""Counting: prior learning that stands by itself is a course of its own in a credential profile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from credentials.models import Kind, LedgerEntry, LedgerReview, ReviewState
from credentials.summing import Totals
from foundation.db import db

Line = tuple[LedgerEntry, ReviewState]


@dataclass(frozen=True, slots=True)
class Course:
    """One course elsewhere: the lines that it wrote, each with where it stands."""

    lines: Sequence[Line]

    def record(self, states: Iterable[ReviewState]) -> dict[str, Any] | None:
        """As the profile has it (`contracts/credential_profile.schema.json`); None where nothing of it stands so."""
        wanted = frozenset(states)
        counted = [entry for entry, state in self.lines if state in wanted]
        if not counted:
            return None
        told, first = counted[0].evidence, counted[0]
        return {
            "id": f"prior:{first.evidence_ref.rpartition(':')[2]}",
            "title": first.title,
            "accreditation": told["accreditation"],
            "starts_on": told["first_on"],
            "ends_on": told["last_on"],
            "completed": bool(told["completed"]),
            "minutes": sum(entry.minutes for entry in counted),
            "core_minutes": sum(entry.core_minutes for entry in counted),
            "synchronous_minutes": sum(entry.minutes for entry in counted if entry.synchronous),
        }


def courses_of(user_id: int, totals: Totals) -> list[Course]:
    """Courses elsewhere that count in no program of ours; asked for only where the ledger has such hours."""
    if not any(one.kind == Kind.EDUCATION and one.enrollment_id is None and one.minutes for one in totals.sums):
        return []
    taken_back = LedgerEntry.__table__.alias("taken_back")
    query = (
        select(LedgerEntry, LedgerReview.state)
        .join(LedgerReview, LedgerReview.entry_id == LedgerEntry.id)
        .where(LedgerEntry.user_id == user_id, LedgerEntry.kind == Kind.EDUCATION)
        .where(LedgerEntry.enrollment_id.is_(None), LedgerEntry.evidence_type == "prior_learning")
        .where(LedgerEntry.reverses_id.is_(None))
        .where(~select(taken_back.c.id).where(taken_back.c.reverses_id == LedgerEntry.id).exists())
        .order_by(LedgerEntry.id)
    )
    found: dict[str, list[Line]] = {}
    for entry, state in db.session.execute(query):
        found.setdefault(entry.evidence_ref, []).append((entry, state))
    return [Course(lines) for lines in found.values()]
