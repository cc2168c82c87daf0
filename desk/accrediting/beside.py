"""What stands beside a cohort's hours in a pack: the course by minutes, the papers, the last pack; one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from courseware.models import Lesson, MakeUpRule, Module
from credentials.models import AccreditationPack, PackState
from enrollment.models import Cohort
from enrollment.policies.applying import Rule, given_for, in_force_of, told_rules
from foundation.asking import row
from payments.agreeing import told_version, versions


@dataclass(frozen=True, slots=True)
class ModuleMinutes:
    """A module by its map: whole minutes, those of Core Competencies, those that are live."""

    title: str
    minutes: int
    core: int
    live: int


@dataclass(frozen=True, slots=True)
class LastPack:
    """The pack of this cohort that was asked for last. `made` of `documents` are typeset."""

    public_id: str
    state: PackState
    documents: int
    made: int
    percent: int | None
    bytes: int | None
    fault: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Beside:
    """A module without a lesson has no minutes, and is left out."""

    modules: list[ModuleMinutes]
    leaving: Rule
    agreement: str
    has_make_up: bool
    pack: LastPack | None


def beside(cohort: Cohort, at: datetime) -> Beside:
    found = row(_beside(), {"program": cohort.program_id, "cohort": cohort.id} | given_for(cohort, at))
    assert found is not None
    modules, rules, agreement, has_make_up, pack = found
    return Beside(
        [ModuleMinutes(*one) for one in modules or ()],
        in_force_of(cohort, rules),
        agreement or versions()[-1],
        has_make_up,
        _last(pack) if pack else None,
    )


def _last(told: list[Any]) -> LastPack:
    name, state, documents, made, percent, size, fault, asked_at = told
    asked = datetime.fromisoformat(asked_at)
    return LastPack(name, PackState(state), documents, made, percent, size, fault, asked)


@cache
def _beside() -> Select[*tuple[Any, ...]]:
    has_make_up = select(MakeUpRule.id).where(MakeUpRule.cohort_id == bindparam("cohort")).exists()
    return select(_modules(), told_rules(), told_version(), has_make_up, _pack())


def _modules() -> Any:
    def minutes(of: Any, *which: Any) -> Any:
        return cast(func.coalesce(func.sum(of).filter(*which) if which else func.sum(of), 0), BigInteger)

    one = Lesson
    sums = (minutes(one.minutes), minutes(one.core_minutes), minutes(one.minutes, one.synchronous))
    by_module = (
        select(Module.title, *(each.label(f"sum_{n}") for n, each in enumerate(sums)), Module.position, Module.id)
        .join(one, one.module_id == Module.id)
        .where(one.program_id == bindparam("program"))
        .group_by(Module.id)
        .subquery()
    )
    *told, position, number = by_module.c
    ordered = aggregate_order_by(func.json_build_array(*told), position, number)
    return select(func.json_agg(ordered)).scalar_subquery()


def _pack() -> Any:
    one = AccreditationPack
    told = (one.public_id, one.state, one.documents, one.made, one.percent, one.bytes, one.fault, one.asked_at)
    newest = select(func.json_build_array(*told)).where(one.cohort_id == bindparam("cohort"))
    return newest.order_by(one.id.desc()).limit(1).scalar_subquery()
