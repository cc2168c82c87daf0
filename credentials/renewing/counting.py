"""What fills a wallet: alumni classes from the ledger, units by hand, mentor coaching; as a profile for the engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from credentials.models import CceUnit, HeldCredential, Kind, LedgerEntry, LedgerReview, ReviewState
from credentials.profiling import is_reversed, mentor_sessions_of, mentoring_record
from credentials.recalling import Mentored
from credentials.summing import COUNTED
from enrollment.models import Cohort, Enrollment, Level, Program
from foundation.db import db

# Education that ICF has accredited counts by itself; anything else its holder notes by hand and answers for.
ACCREDITED = (Level.LEVEL1, Level.LEVEL2, Level.LEVEL3, Level.CCE)


@dataclass(frozen=True, slots=True)
class Part:
    """Minutes of one record, by what they taught. `name` is what the engine calls the record."""

    name: str
    on: date
    core: int
    ethics: int
    resource: int
    state: ReviewState
    supervision: int = 0

    @property
    def minutes(self) -> int:
        return self.core + self.ethics + self.resource + self.supervision

    def units(self) -> list[dict[str, Any]]:
        """The part as the engine's contract has it: a unit for each category that it holds."""
        split = {"core": self.core, "ethics": self.ethics, "resource": self.resource, "supervision": self.supervision}
        return [
            {"id": f"{self.name}:{category}", "on": self.on.isoformat(), "minutes": minutes, "category": category}
            for category, minutes in split.items()
            if minutes
        ]


@dataclass
class Wallet:
    """All that can count toward a renewal of one person, read once."""

    held: list[HeldCredential]
    classes: dict[int, list[Part]] = field(default_factory=dict)
    enrollments: dict[int, Enrollment] = field(default_factory=dict)
    by_hand: list[tuple[CceUnit, Part]] = field(default_factory=list)
    mentoring: list[tuple[Mentored, ReviewState]] = field(default_factory=list)

    @property
    def parts(self) -> list[Part]:
        return [part for parts in self.classes.values() for part in parts] + [part for _, part in self.by_hand]

    def profile(
        self, credential: str, path: str, apply_on: date, states: Iterable[ReviewState] = COUNTED
    ) -> dict[str, Any]:
        """The profile of a renewal, of the lines that stand in one of the states."""
        wanted = frozenset(states)
        return {
            "credential": credential,
            "path": path,
            "apply_on": apply_on.isoformat(),
            "credentials_held": [_held(one) for one in self.held],
            "continuing_education": [unit for part in self.parts if part.state in wanted for unit in part.units()],
            "mentor_sessions": [mentoring_record(s, credential) for s, state in self.mentoring if state in wanted],
        }


def wallet_of(user_id: int, held: list[HeldCredential]) -> Wallet:
    """The wallet since the first of the credentials was granted; empty where none is held."""
    wallet = Wallet(held)
    if not held:
        return wallet
    first = min(one.granted_on for one in held)
    for entry, state, enrollment in db.session.execute(_classes(user_id, first)):
        wallet.enrollments[enrollment.id] = enrollment
        wallet.classes.setdefault(enrollment.id, []).append(_class_part(entry, state, enrollment.cohort.program))
    wallet.by_hand = [(unit, _hand_part(unit, state)) for unit, state in db.session.execute(_by_hand(user_id)).unique()]
    wallet.mentoring = [(session, state) for session, state in mentor_sessions_of(user_id) if session.on >= first]
    return wallet


def _held(one: HeldCredential) -> dict[str, Any]:
    days = {"awarded_on": one.granted_on.isoformat(), "expires_on": one.expires_on.isoformat()}
    return {"credential": str(one.level), **days}


def _classes(user_id: int, first: date) -> Select[*tuple[Any, ...]]:
    return (
        select(LedgerEntry, LedgerReview.state, Enrollment)
        .join(LedgerReview, LedgerReview.entry_id == LedgerEntry.id)
        .join(Enrollment, Enrollment.id == LedgerEntry.enrollment_id)
        .join(Cohort, Cohort.id == Enrollment.cohort_id)
        .join(Program, Program.id == Cohort.program_id)
        .where(LedgerEntry.user_id == user_id, LedgerEntry.kind == Kind.EDUCATION, LedgerEntry.on >= first)
        .where(LedgerEntry.reverses_id.is_(None), ~is_reversed(LedgerEntry.id), Program.level.in_(ACCREDITED))
        .options(joinedload(Enrollment.cohort).joinedload(Cohort.program))
        .order_by(LedgerEntry.on, LedgerEntry.id)
    )


def _class_part(entry: LedgerEntry, state: ReviewState, program: Program) -> Part:
    """A class by its map of core and resource; its share of the program's ethics is rounded down to the minute."""
    of_program = int(program.facts.get("ethics_minutes", 0))
    ethics = entry.core_minutes * min(of_program, program.core_minutes) // max(1, program.core_minutes)
    core, resource = entry.core_minutes - ethics, entry.minutes - entry.core_minutes
    return Part(f"class:{entry.public_id}", entry.on, core, ethics, resource, state)


def _by_hand(user_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(CceUnit, LedgerReview.state)
        .join(LedgerReview, LedgerReview.entry_id == CceUnit.entry_id)
        .where(CceUnit.user_id == user_id, ~is_reversed(CceUnit.entry_id))
        .options(joinedload(CceUnit.documents))
        .order_by(CceUnit.on.desc(), CceUnit.id.desc())
    )


def _hand_part(unit: CceUnit, state: ReviewState) -> Part:
    taught = (unit.core_minutes, unit.ethics_minutes, unit.resource_minutes)
    return Part(f"unit:{unit.public_id}", unit.on, *taught, state, unit.supervision_minutes)
