"""Applying: which rule holds for a cohort on a day. The narrowest wins: the cohort's, the program's, the school's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import Select, bindparam, select

from enrollment import timetables
from enrollment.models import Cohort, Program
from enrollment.policies.models import RefundPolicy
from enrollment.policies.terms import STANDARD, Course, Measure, Terms
from foundation.audit import HasId
from foundation.db import db

SCHOOL = "school"


@dataclass(frozen=True, slots=True)
class Rule:
    """Terms with the version they come from; `policy_id` is None for the standard, where nothing is written."""

    terms: Terms
    policy_id: int | None = None
    version: int = 0

    @property
    def mark(self) -> str:
        """How a form says which rule was shown."""
        return str(self.policy_id or 0)


def scope_of(of: Program | Cohort | None) -> str:
    """`school`, `program:7`, `cohort:12`."""
    return f"{of.__tablename__}:{of.id}" if of is not None else SCHOOL


def in_force(cohort: Cohort, at: datetime) -> Rule:
    """The rule under which a seat of this cohort is bought at a moment."""
    scopes = [f"cohort:{cohort.id}", f"program:{cohort.program_id}", SCHOOL]
    return _narrowest(_newest(scopes, at), scopes, cohort.currency)


def in_force_for_program(program: HasId, at: datetime) -> Rule:
    """What a program's page may say of all its cohorts."""
    scopes = [f"program:{program.id}", SCHOOL]
    return _narrowest(_newest(scopes, at), scopes, None)


def newest_of_each(at: datetime) -> dict[str, RefundPolicy]:
    """The version in force of every scope that has one."""
    return _newest(None, at)


def _newest(scopes: list[str] | None, at: datetime) -> dict[str, RefundPolicy]:
    day = {"day": school_day(at)}
    query, given = (_every_scope(), day) if scopes is None else (_some_scopes(), day | {"scopes": scopes})
    return {policy.scope: policy for policy in db.session.scalars(query, given)}


@cache
def _every_scope() -> Select[RefundPolicy]:
    query = select(RefundPolicy).where(RefundPolicy.effective_on <= bindparam("day"))
    return query.distinct(RefundPolicy.scope).order_by(RefundPolicy.scope, RefundPolicy.version.desc())


@cache
def _some_scopes() -> Select[RefundPolicy]:
    return _every_scope().where(RefundPolicy.scope.in_(bindparam("scopes", expanding=True)))


def _narrowest(found: dict[str, RefundPolicy], scopes: list[str], currency: str | None) -> Rule:
    """Sums are never converted: a rule with sums in another currency is passed over."""
    for scope in scopes:
        policy = found.get(scope)
        if policy is not None and (currency is None or policy.terms.fits(currency)):
            return Rule(policy.terms, policy.id, policy.version)
    return Rule(STANDARD)


def school_day(at: datetime) -> date:
    """The day of a moment in the school's own zone; by it a version comes into force."""
    return at.astimezone(ZoneInfo(current_app.config["SETTINGS"].time_zone)).date()


def course_of(cohort: Cohort, terms: Terms) -> Course:
    """The days against which a cohort's steps are counted; the timetable is read only where a step counts classes."""
    counts = any(step.measure == Measure.CLASSES for step in terms.steps)
    return Course(cohort.starts_on, cohort.ends_on, timetables.class_days(cohort) if counts else ())
