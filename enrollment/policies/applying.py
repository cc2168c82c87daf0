"""Applying: which rule holds for a cohort on a day. The narrowest wins: the cohort's, the program's, the school's."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import ARRAY, ScalarSelect, Select, Text, any_, bindparam, cast, func, select

from enrollment import timetables
from enrollment.models import Cohort, Program
from enrollment.policies.models import RefundPolicy
from enrollment.policies.terms import STANDARD, Course, Measure, Terms, from_json
from foundation.asking import rows
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
    scopes = _scopes(cohort)
    return _narrowest(_rules(scopes, at), scopes, cohort.currency)


def told_rules() -> ScalarSelect[Any]:
    """SQL: the versions in force as JSON, for a statement that asks for other things too; see `given_for`."""
    found = _some_scopes().subquery()
    return select(func.json_agg(func.json_build_array(*found.c))).scalar_subquery()


def given_for(cohort: Cohort, at: datetime) -> dict[str, Any]:
    """The parameters of `told_rules` for a cohort at a moment."""
    return {"day": school_day(at), "scopes": _scopes(cohort)}


def in_force_of(cohort: Cohort, told: list[list[Any]] | None) -> Rule:
    """The rule of a cohort from what `told_rules` has answered."""
    found = {scope: Rule(_terms(text), policy_id, version) for scope, policy_id, version, text in told or ()}
    return _narrowest(found, _scopes(cohort), cohort.currency)


def in_force_for(cohorts: Iterable[Cohort], at: datetime) -> dict[int, Rule]:
    """The same for many cohorts, by their ids; one statement."""
    known = {cohort.id: (_scopes(cohort), cohort.currency) for cohort in cohorts}
    found = _rules(sorted({scope for scopes, _ in known.values() for scope in scopes}), at)
    return {cohort_id: _narrowest(found, *of) for cohort_id, of in known.items()}


def _scopes(cohort: Cohort) -> list[str]:
    return [f"cohort:{cohort.id}", f"program:{cohort.program_id}", SCHOOL]


def in_force_for_program(program: HasId, at: datetime) -> Rule:
    """What a program's page may say of all its cohorts."""
    scopes = [f"program:{program.id}", SCHOOL]
    return _narrowest(_rules(scopes, at), scopes, None)


def newest_of_each(at: datetime) -> dict[str, RefundPolicy]:
    """The version in force of every scope that has one."""
    return {policy.scope: policy for policy in db.session.scalars(_every_scope(), {"day": school_day(at)})}


def _rules(scopes: list[str], at: datetime) -> dict[str, Rule]:
    """The same for a few scopes, as rules."""
    found = rows(_some_scopes(), {"day": school_day(at), "scopes": scopes})
    return {scope: Rule(_terms(text), policy_id, version) for scope, policy_id, version, text in found}


@lru_cache(200)
def _terms(text: str) -> Terms:
    return from_json(json.loads(text))


@cache
def _every_scope() -> Select[RefundPolicy]:
    return _in_force(select(RefundPolicy))


@cache
def _some_scopes() -> Select[*tuple[Any, ...]]:
    one = RefundPolicy
    told = select(one.scope, one.id, one.version, cast(one.terms_json, Text))
    return _in_force(told).where(one.scope == any_(bindparam("scopes", type_=ARRAY(Text))))


def _in_force(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    begun = query.where(RefundPolicy.effective_on <= bindparam("day"))
    return begun.distinct(RefundPolicy.scope).order_by(RefundPolicy.scope, RefundPolicy.version.desc())


def _narrowest(found: dict[str, Rule], scopes: list[str], currency: str | None) -> Rule:
    """Sums are never converted: a rule with sums in another currency is passed over."""
    for scope in scopes:
        rule = found.get(scope)
        if rule is not None and (currency is None or rule.terms.fits(currency)):
            return rule
    return Rule(STANDARD)


def school_day(at: datetime) -> date:
    """The day of a moment in the school's own zone; by it a version comes into force."""
    return at.astimezone(ZoneInfo(current_app.config["SETTINGS"].time_zone)).date()


def course_of(cohort: Cohort, terms: Terms) -> Course:
    """The days against which a cohort's steps are counted; the timetable is read only where a step counts classes."""
    counts = any(step.measure == Measure.CLASSES for step in terms.steps)
    return Course(cohort.starts_on, cohort.ends_on, timetables.class_days(cohort) if counts else ())
