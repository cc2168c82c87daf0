"""The file of mentors as staff look through it: found by name, by how they stand, and sorted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, noload, selectinload

from accounts.models import User
from credentials.mentor_coaching.holding import LEVELS, Held, held_on, runs_out, standing_facts
from credentials.models import Mentor, MentorFact, MentorSession
from credentials.profiling import is_reversed
from foundation.db import db
from foundation.errors import NotFound
from foundation.paging import Page

SOON = timedelta(days=90)
PER_PAGE = 40
WHOSE = {"school": "The school's", "brought": "Brought by trainees", "": "All"}
STANDINGS = {
    "": "However they stand",
    "mcs": "Hold the specialization",
    "no_mcs": "Lack the specialization",
    "ending": "Something ends within 90 days",
    "unproven": "Something has no proof",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A mentor as they stand on the day of the list."""

    mentor: Mentor
    held: Held
    runs_out: date | None
    is_proven: bool

    @property
    def credential(self) -> str:
        return "None" if self.held.credential not in LEVELS else self.held.credential

    @property
    def specializations(self) -> str:
        return ", ".join(f"MCS-{level}" for level, _ in self.held.specializations)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for. `-name` sorts backwards."""

    words: str = ""
    whose: str = "school"
    standing: str = ""
    sort: str = "name"

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Wanted:
        whose, standing, sort = args.get("whose", "school"), args.get("standing", ""), args.get("sort", "name")
        return cls(
            words=args.get("words", "").strip()[:80],
            whose=whose if whose in WHOSE else "school",
            standing=standing if standing in STANDINGS else "",
            sort=sort if sort.removeprefix("-") in SORTS else "name",
        )

    @property
    def narrows(self) -> bool:
        return bool(self.words or self.standing or self.whose != "school")


SORTS: dict[str, Any] = {
    "name": lambda row: row.mentor.name.casefold(),
    "credential": lambda row: LEVELS.index(row.held.credential) if row.held.credential in LEVELS else -1,
    "specialization": lambda row: [LEVELS.index(level) for level, _ in row.held.specializations],
    "ends": lambda row: row.runs_out or date.max,
}


def mentors_listed(wanted: Wanted, day: date) -> list[Row]:
    """Everybody who fits, sorted; two statements. How they stand is read from their facts as everywhere else."""
    owner = joinedload(Mentor.owner).options(noload(User.roles))
    query = select(Mentor).options(selectinload(Mentor.facts), owner).order_by(Mentor.id)
    if wanted.words:
        query = query.where(Mentor.name.icontains(wanted.words, autoescape=True))
    if wanted.whose:
        query = query.where(Mentor.owner_id.is_(None) if wanted.whose == "school" else Mentor.owner_id.is_not(None))
    rows = [row_of(mentor, day) for mentor in db.session.scalars(query)]
    found = sorted((row for row in rows if _fits(row, wanted.standing, day)), key=SORTS["name"])
    return sorted(found, key=SORTS[wanted.sort.removeprefix("-")], reverse=wanted.sort.startswith("-"))


def page_of(rows: list[Row], number: int) -> Page[Row]:
    number = max(1, min(number, -(-len(rows) // PER_PAGE) or 1))
    return Page(rows[(number - 1) * PER_PAGE : number * PER_PAGE], len(rows), number, PER_PAGE)


def row_of(mentor: Mentor, day: date) -> Row:
    known = standing_facts(mentor.facts)
    return Row(mentor, held_on(mentor.facts, day), runs_out(mentor.facts, day), all(one.proof_id for one in known))


def _fits(row: Row, standing: str, day: date) -> bool:
    return {
        "": True,
        "mcs": bool(row.held.specializations),
        "no_mcs": not row.held.specializations,
        "ending": row.runs_out is not None and row.runs_out <= day + SOON,
        "unproven": not row.is_proven,
    }[standing]


def mentor_named(public_id: str) -> Mentor:
    """A mentor with the whole file: facts, who noted them, their documents by name. Raises NotFound."""
    facts = selectinload(Mentor.facts)
    options = (
        facts.joinedload(MentorFact.added_by).noload(User.roles),
        facts.joinedload(MentorFact.proof),
        joinedload(Mentor.owner).noload(User.roles),
        joinedload(Mentor.user).noload(User.roles),
    )
    found = db.session.scalar(select(Mentor).where(Mentor.public_id == public_id).options(*options))
    if found is None:
        raise NotFound
    return found


def given_by(mentor: Mentor) -> tuple[int, int, date | None]:
    """Sessions of a mentor that stand in the books: how many, their minutes, the last day."""
    query = select(func.count(), func.coalesce(func.sum(MentorSession.minutes), 0), func.max(MentorSession.on))
    row = db.session.execute(
        query.where(MentorSession.mentor_id == mentor.id, ~is_reversed(MentorSession.entry_id))
    ).one()
    return row[0], row[1], row[2]
