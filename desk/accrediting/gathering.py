"""Everything that a pack is made of, read once: a program, one cohort of it, its course, its mentors, its rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, defer, joinedload, noload

from accounts.models import User
from courseware.models import Lesson, MakeUpRule, Module
from credentials.mentor_coaching.holding import Held, held_on, standing_facts
from credentials.models import CoachingForm, FormState, Mentor, MentorFact
from credentials.providing.listing import CohortHours, cohort_hours
from credentials.providing.requiring import Asked, asked_of
from credentials.ruling.living import live_book
from enrollment.models import Cohort, Program
from enrollment.policies.applying import Rule, in_force
from foundation.db import db
from foundation.errors import NotFound
from payments.agreeing import Agreement, current


@dataclass(frozen=True, slots=True)
class ModuleMinutes:
    """A module by its map: whole minutes, those of Core Competencies, those that are live."""

    title: str
    lessons: list[Lesson]

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.lessons)

    @property
    def core(self) -> int:
        return sum(one.core_minutes for one in self.lessons)

    @property
    def live(self) -> int:
        return sum(one.minutes for one in self.lessons if one.synchronous)


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
    modules: list[ModuleMinutes]
    mentors: list[MentorKept]
    forms: list[CoachingForm]
    leaving: Rule
    agreement: Agreement
    make_up: MakeUpRule | None
    on: date

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
    every = select(Cohort).join(Cohort.program).where(Program.slug == slug).options(contains_eager(Cohort.program))
    cohorts = list(db.session.scalars(every.order_by(Cohort.starts_on.desc(), Cohort.id)))
    program = cohorts[0].program if cohorts else program_named(slug)
    cohort = _chosen(cohorts, code, on)
    asked = asked_of(live_book(), program.level, cohort.starts_on if cohort else on)
    if asked is None:
        raise NotFound
    if cohort is None:
        return None
    found = cohort_hours(cohort, asked)
    people = [row.enrollment.user_id for row in found.rows]
    return Gathered(
        program=program,
        cohort=cohort,
        cohorts=cohorts,
        asked=asked,
        found=found,
        modules=_modules(program.id),
        mentors=[_kept(one, on) for one in found.mentors if one.owner_id is None],
        forms=_forms(people),
        leaving=in_force(cohort, at),
        agreement=current(),
        make_up=db.session.scalar(select(MakeUpRule).where(MakeUpRule.cohort_id == cohort.id)),
        on=on,
    )


def _chosen(cohorts: list[Cohort], code: str, on: date) -> Cohort | None:
    if code:
        found = next((one for one in cohorts if one.code == code), None)
        if found is None:
            raise NotFound
        return found
    begun = [one for one in cohorts if one.starts_on <= on and one.cancelled_at is None]
    return next(iter(begun or cohorts), None)


def _modules(program_id: int) -> list[ModuleMinutes]:
    """The course in its order. A module without a lesson has no minutes, and is left out."""
    query = select(Lesson).join(Lesson.module).where(Lesson.program_id == program_id)
    query = query.options(contains_eager(Lesson.module), defer(Lesson.body_md), defer(Lesson.transcript_md))
    found: dict[int, ModuleMinutes] = {}
    for lesson in db.session.scalars(query.order_by(Module.position, Module.id, Lesson.position, Lesson.id)):
        found.setdefault(lesson.module_id, ModuleMinutes(lesson.module.title, [])).lessons.append(lesson)
    return list(found.values())


def _kept(mentor: Mentor, on: date) -> MentorKept:
    return MentorKept(mentor, held_on(mentor.facts, on), standing_facts(mentor.facts))


def _forms(people: list[int]) -> list[CoachingForm]:
    """Forms about these people that both have signed, the oldest first."""
    names: Any = (joinedload(CoachingForm.user).options(noload(User.roles)), joinedload(CoachingForm.author))
    query = select(CoachingForm).where(CoachingForm.user_id.in_(people), CoachingForm.state == FormState.SIGNED)
    return list(db.session.scalars(query.options(*names).order_by(CoachingForm.about_on, CoachingForm.id)).unique())
