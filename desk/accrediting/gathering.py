"""Everything that a pack is made of, read once: a program, one cohort of it, its course, its mentors, its rules."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from credentials.mentor_coaching.holding import Held, Told, held_on, standing_facts
from credentials.models import Mentor, MentorFact
from credentials.providing.listing import CohortHours
from credentials.providing.recalling import Of, recall
from credentials.providing.requiring import Asked, asked_of
from credentials.recalling import Mentoring
from credentials.ruling.living import keep_digests, live_book, told_live_digests
from desk.accrediting.beside import Beside, ModuleMinutes, beside
from enrollment.models import Cohort, Program
from foundation.db import db
from foundation.errors import NotFound


@dataclass(frozen=True, slots=True)
class MentorKept:
    """A mentor who mentored in the cohort: what they hold on the day, and whether a document shows each of it."""

    mentor: Mentor
    held: Held
    facts: list[MentorFact]

    @property
    def is_proven(self) -> bool:
        return bool(self.facts) and all(one.proof_id for one in self.facts)


@dataclass(frozen=True)
class Gathered:
    """What there is, on a day."""

    program: Program
    cohort: Cohort
    cohorts: list[Cohort]
    asked: Asked
    found: CohortHours
    mentors: list[MentorKept]
    beside: Beside
    on: date

    @property
    def modules(self) -> list[ModuleMinutes]:
        return self.beside.modules

    @property
    def written(self) -> int:
        """Observation forms about these people that both have signed."""
        return sum(row.written.verified for row in self.found.rows)

    @property
    def assessed(self) -> int:
        """Trainees whose evaluation is passed."""
        return sum(row.evaluated.verified for row in self.found.rows)

    @property
    def totals(self) -> tuple[int, int, int]:
        """Minutes of the course by its map: all, core, live."""
        return (
            sum(one.minutes for one in self.modules),
            sum(one.core for one in self.modules),
            sum(one.live for one in self.modules),
        )


def programs_with_a_level() -> list[tuple[Program, int]]:
    """Programs that ICF could accredit, each with how many cohorts it has had."""
    number = select(func.count(Cohort.id)).where(Cohort.program_id == Program.id).scalar_subquery()
    query = select(Program, number).where(Program.level.in_(["level1", "level2", "level3"]))
    return [(program, cohorts) for program, cohorts in db.session.execute(query.order_by(Program.position, Program.id))]


def program_named(slug: str) -> Program:
    """Raises NotFound."""
    found = db.session.scalar(select(Program).where(Program.slug == slug))
    if found is None:
        raise NotFound
    return found


def gather(slug: str, code: str, *, at: datetime, on: date) -> Gathered | None:
    """All that a pack shows. Without a code the newest cohort that has begun. None where the program has no cohort.

    Raises NotFound for a program or cohort there is not, or one that ICF accredits at no level.
    """
    cohorts = _cohorts(slug)
    program = cohorts[0].program if cohorts else program_named(slug)
    cohort = _chosen(cohorts, code, on)
    asked = asked_of(live_book(), program.level, cohort.starts_on if cohort else on)
    if asked is None:
        raise NotFound
    if cohort is None:
        return None
    known: list[Mentor] = []

    def told(ids: Collection[int]) -> tuple[Mentoring, ...]:
        known.extend(_mentors(ids))
        return tuple(Mentoring(one.id, one.name, tuple(map(Told.of, one.facts))) for one in known)

    of = Of(cohort.id, cohort.code, cohort.title, cohort.starts_on, program.title, program.level)
    found = CohortHours(recall(of, told))
    mentors = [_kept(one, on) for one in known if one.owner_id is None]
    return Gathered(program, cohort, cohorts, asked, found, mentors, beside(cohort, at), on)


def _cohorts(slug: str) -> list[Cohort]:
    """The program's cohorts, the newest first; the same statement says which rules are live."""
    every = select(Cohort, told_live_digests()).join(Cohort.program).where(Program.slug == slug)
    loaded = every.options(contains_eager(Cohort.program)).order_by(Cohort.starts_on.desc(), Cohort.id)
    found = db.session.execute(loaded).all()
    if found:
        keep_digests(found[0][1])
    return [cohort for cohort, _ in found]


def _chosen(cohorts: list[Cohort], code: str, on: date) -> Cohort | None:
    if code:
        found = next((one for one in cohorts if one.code == code), None)
        if found is None:
            raise NotFound
        return found
    begun = [one for one in cohorts if one.starts_on <= on and one.cancelled_at is None]
    return next(iter(begun or cohorts), None)


def _mentors(ids: Collection[int]) -> list[Mentor]:
    """Mentors with what they hold, and the documents that prove it."""
    facts = joinedload(Mentor.facts).joinedload(MentorFact.proof)
    query = select(Mentor).where(Mentor.id.in_(ids)).options(facts).order_by(Mentor.name, Mentor.id)
    return list(db.session.scalars(query).unique()) if ids else []


def _kept(mentor: Mentor, on: date) -> MentorKept:
    return MentorKept(mentor, held_on(mentor.facts, on), standing_facts(mentor.facts))
