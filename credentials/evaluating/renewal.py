"""Renewal: the units of continuing education inside the cycle that ends with the credential held."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import NamedTuple

from credentials.evaluating.answers import Excluded, Row, at_least, flag
from credentials.evaluating.calendar import shift_months, shift_years
from credentials.evaluating.case import mentoring_terms
from credentials.evaluating.mentoring import Mentoring
from credentials.evaluating.profile import Held, Profile, Unit
from credentials.rules import Rule, RuleBook, RuleSet


class Cycle(NamedTuple):
    """The days whose units count toward a renewal, both included."""

    starts_on: date
    expires_on: date


class Renewal:
    """A profile on the renewal path, read under a rule set, as of the day of the submission.

    Without the credential held by that day there is no cycle, and nothing counts.
    """

    def __init__(self, profile: Profile, rule_set: RuleSet, book: RuleBook) -> None:
        self.profile, self.rule_set, self.book = profile, rule_set, book
        self.cycle = self._cycle()
        self.mentoring = self._mentoring()
        self.excluded: list[Excluded] = list(self.mentoring.excluded)
        self._units = [unit for unit in profile.units if self._counts(unit)]
        self._late = [unit for unit in profile.units if self._makes_up(unit)]
        kept = {*self._units, *self._late}
        left = (unit for unit in profile.units if unit not in kept)
        self.excluded += [Excluded(unit.id, unit.minutes, self._outside(unit.on)) for unit in left]
        self.resource = self._countable("resource", "renewal.cce_resource_development_countable_max")
        self.supervision = self._countable("supervision", "renewal.supervision_countable_max")

    @property
    def ethics(self) -> int:
        """Minutes in coaching ethics."""
        return self._minutes("ethics")

    @property
    def mentor_as_core(self) -> int:
        """Minutes of mentor coaching that count as core units."""
        most = self.rule_set.minutes("renewal.mentor_coaching_countable_max")
        return self.mentoring.minutes if most is None else min(self.mentoring.minutes, most)

    @property
    def core(self) -> int:
        """Core minutes: core and ethics courses, mentor coaching and supervision each up to its limit."""
        return self._minutes("core") + self.ethics + self.mentor_as_core + self.supervision

    @property
    def total(self) -> int:
        """Core minutes and resource development up to its limit."""
        return self.core + self.resource

    @property
    def extra(self) -> int:
        """Minutes past what the cycle asks for, those earned after expiry by a lapsed holder among them."""
        beyond = self.total - (self.rule_set.minutes("renewal.cce_total_min") or 0)
        return max(0, beyond) + sum(unit.minutes for unit in self._late)

    @property
    def extra_core(self) -> int:
        """The core minutes among them."""
        beyond = self.core - (self.rule_set.minutes("renewal.cce_core_min") or 0)
        return max(0, beyond) + sum(unit.minutes for unit in self._late if unit.category != "resource")

    @cached_property
    def lapsed_months(self) -> int:
        """Months begun after the months of grace; 0 in time and in grace."""
        if self.cycle is None:
            return 0
        month, limit = self.grace_months, self.last_month + 1
        while month < limit and shift_months(self.cycle.expires_on, month) < self.profile.apply_on:
            month += 1
        return month - self.grace_months

    @property
    def grace_months(self) -> int:
        """Months after expiry in which a renewal is taken as if in time."""
        return self._figure("renewal.grace_months")

    @property
    def last_month(self) -> int:
        """The last month after expiry in which a renewal is taken at all."""
        return self._figure("renewal.last_month_after_expiry")

    @property
    def days(self) -> tuple[date, date, date]:
        """First day of submission, last day of grace, last day of all; only where there is a cycle."""
        assert self.cycle is not None
        expires_on = self.cycle.expires_on
        early = self._figure("renewal.submit_early_months_max")
        return (
            shift_months(expires_on, -early) if early else self.cycle.starts_on,
            shift_months(expires_on, self.grace_months),
            shift_months(expires_on, self.last_month) if self.last_month else date.max,
        )

    @property
    def mentor_figures(self) -> RuleSet | None:
        """The Portfolio rules of the day, whose figures on group and span hold for renewal's mentor coaching too."""
        history = self.book.history(self.profile.credential, "portfolio")
        return next((s for s in history if s.in_force_on(self.profile.apply_on)), history[0] if history else None)

    def _figure(self, key: str) -> int:
        rule = self.rule_set.rule(key)
        return int(rule.value) if rule else 0

    def _cycle(self) -> Cycle | None:
        held = [h for h in self.profile.held if h.credential == self.profile.credential]
        held = [h for h in held if h.awarded_on <= self.profile.apply_on]
        cycles = [self._cycle_of(h) for h in held]
        return max(cycles, key=lambda cycle: (cycle.expires_on, cycle.starts_on), default=None)

    def _cycle_of(self, held: Held) -> Cycle:
        """The cycle that ends with the credential: from the award, or its last years where it was renewed before."""
        years = self._figure("renewal.cycle_years") or 3
        expires_on = held.expires_on or shift_years(held.awarded_on, years)
        is_first = expires_on < shift_years(held.awarded_on, years + 1)
        return Cycle(held.awarded_on if is_first else shift_years(expires_on, -years), expires_on)

    def _outside(self, day: date) -> str:
        return "after_application" if day > self.profile.apply_on else "outside_cycle"

    def _last_day(self) -> date:
        return min(self.cycle.expires_on, self.profile.apply_on) if self.cycle else self.profile.apply_on

    def _counts(self, unit: Unit) -> bool:
        return self.cycle is not None and self.cycle.starts_on <= unit.on <= self._last_day()

    def _makes_up(self, unit: Unit) -> bool:
        """Whether a unit earned after expiry can serve as one of the extra units of a lapsed credential."""
        if self.cycle is None or not self.lapsed_months:
            return False
        asks = self.rule_set.rule("renewal.extra_cce_per_lapsed_month") is not None
        return asks and self.cycle.expires_on < unit.on <= self.profile.apply_on

    def _minutes(self, category: str) -> int:
        return sum(unit.minutes for unit in self._units if unit.category == category)

    def _countable(self, category: str, limit: str) -> int:
        """Minutes of a category up to its limit; units that go past it are named, the latest first to give way."""
        most, counted = self.rule_set.minutes(limit), 0
        for unit in sorted((u for u in self._units if u.category == category), key=lambda u: (u.on, u.id, u.minutes)):
            taken = unit.minutes if most is None else min(unit.minutes, most - counted)
            counted += taken
            if taken < unit.minutes:
                self.excluded.append(Excluded(unit.id, unit.minutes - taken, f"{category}_past_limit"))
        return counted

    def _mentoring(self) -> Mentoring:
        figures = self.mentor_figures or self.rule_set
        first = self.cycle.starts_on if self.cycle else date.max
        terms = mentoring_terms(figures, "renewal.mentor_eligible", first, self._last_day(), who=self.rule_set)
        return Mentoring(self.profile.mentor_sessions, terms, self._outside)


def rows(renewal: Renewal) -> list[Row]:
    """A row for each requirement of the rule set that a profile can be checked against, in the set's order."""
    made: list[Row] = []
    for rule in renewal.rule_set.rules:
        if rule.key in ROWERS:
            made.extend(ROWERS[rule.key](renewal, rule))
    return made


def _mentor_hours(renewal: Renewal, rule: Rule) -> list[Row]:
    """The hours, and the months that they have to be spread over."""
    figures = renewal.mentor_figures
    span = figures.rule("mentor.span_months_min") if figures else None
    have, required = renewal.mentoring.span
    spread = [at_least(span, have, required=required)] if span else []
    return [at_least(rule, renewal.mentoring.minutes, scale=60), *spread]


def _not_too_early(renewal: Renewal, rule: Rule) -> list[Row]:
    return [flag(rule, renewal.cycle is not None and renewal.profile.apply_on >= renewal.days[0])]


def _not_too_late(renewal: Renewal, rule: Rule) -> list[Row]:
    return [flag(rule, renewal.cycle is not None and renewal.profile.apply_on <= renewal.days[2])]


def _extra(have: Callable[[Renewal], int]) -> Callable[[Renewal, Rule], list[Row]]:
    """What a lapsed credential asks for on top. No row in time or in grace."""

    def make(renewal: Renewal, rule: Rule) -> list[Row]:
        required = math.ceil(round(rule.value * 60 * renewal.lapsed_months, 6))
        return [at_least(rule, have(renewal), required=required)] if required else []

    return make


ROWERS: dict[str, Callable[[Renewal, Rule], list[Row]]] = {
    "renewal.cce_total_min": lambda renewal, rule: [at_least(rule, renewal.total, scale=60)],
    "renewal.cce_core_min": lambda renewal, rule: [at_least(rule, renewal.core, scale=60)],
    "renewal.cce_ethics_min": lambda renewal, rule: [at_least(rule, renewal.ethics, scale=60)],
    "renewal.mentor_hours_min": _mentor_hours,
    "renewal.submit_early_months_max": _not_too_early,
    "renewal.last_month_after_expiry": _not_too_late,
    "renewal.extra_cce_per_lapsed_month": _extra(lambda renewal: renewal.extra),
    "renewal.extra_core_per_lapsed_month": _extra(lambda renewal: renewal.extra_core),
}
