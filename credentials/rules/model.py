"""The rulebook's words: a rule, a set of rules in force from one day to another, and the book that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

Confidence = Literal["high", "medium", "low"]
Unit = Literal["minutes", "count", "days", "flag"]
Holds = Literal["number", "whole", "share", "flag", "choices", "range", "name", "amounts"]


class RulesError(ValueError):
    """The rule data contradict themselves; the message names file, rule set and key."""


class NoRuleSet(LookupError):
    """No rule set was in force on that day for that credential and path."""


@dataclass(frozen=True)
class Key:
    """What a key of the rulebook means: its label, the unit that people count it in, and what it is for.

    A rule of the key compares by `op` and holds a value of the kind `holds` says; `known` are the words it may choose.
    """

    name: str
    label: str
    use: Literal["requirement", "method", "information", "provider"]
    unit: Unit
    op: str
    holds: Holds
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """Where a figure stands: its address, who says it (`official`, `school`, `vendor`, ...), and how old it is."""

    name: str
    address: str
    kind: str
    date: str


@dataclass(frozen=True)
class Alternative:
    """Another reading of a rule, by sources that disagree."""

    value: Any
    sources: tuple[str, ...]
    confidence: Confidence


@dataclass(frozen=True)
class Rule:
    """One published figure, with its sources (addresses) and how sure it is."""

    key: str
    op: str
    value: Any
    unit: str
    sources: tuple[str, ...]
    confidence: Confidence
    note: str | None = None
    alternatives: tuple[Alternative, ...] = ()
    applies_by: str | None = None
    applies_from: date | None = None
    applies_to: date | None = None
    window_months: int | None = None
    window_anchor: str | None = None
    items: int | None = None
    minutes: int | None = None
    review_if_mentoring_ended_before: date | None = None

    @property
    def is_uncertain(self) -> bool:
        """A rule of low confidence, or one that sources disagree about."""
        return self.confidence == "low" or bool(self.alternatives)

    def applies_on(self, day: date) -> bool:
        """Whether the rule speaks of a record of that day."""
        after_start = self.applies_from is None or self.applies_from <= day
        return after_start and (self.applies_to is None or day <= self.applies_to)


@dataclass(frozen=True)
class RuleSet:
    """The rules of one credential and path from `effective_from` to `effective_to`, both days included."""

    id: str
    kind: str
    credential: str
    path: str
    serves: str | None
    effective_from: date | None
    effective_to: date | None
    selected_by: str
    rules: tuple[Rule, ...]
    note: str | None = None
    confidence_of_effective_from: str | None = None

    @cached_property
    def by_key(self) -> Mapping[str, tuple[Rule, ...]]:
        found: dict[str, tuple[Rule, ...]] = {}
        for rule in self.rules:
            found[rule.key] = (*found.get(rule.key, ()), rule)
        return found

    def rule(self, key: str, on: date | None = None) -> Rule | None:
        """The rule of that key; among rules that follow a record's own date, the one for `on`."""
        rules = self.by_key.get(key, ())
        return next((rule for rule in rules if on is None or rule.applies_on(on)), None)

    def minutes(self, key: str) -> int | None:
        """A figure in hours (or units of one hour) as minutes; None where the set has no such rule."""
        rule = self.rule(key)
        return None if rule is None else round(rule.value * 60)

    def in_force_on(self, day: date) -> bool:
        """Whether `day` lies between the set's first and last day."""
        after_start = self.effective_from is None or self.effective_from <= day
        return after_start and (self.effective_to is None or day <= self.effective_to)


@dataclass(frozen=True)
class Change:
    """A dated change of the rules, in one sentence, with the addresses it was read from."""

    on: date
    what: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class RuleBook:
    """Every rule set that is known, with the keys, sources and changes behind them.

    `files` says where each set was read, `raws` what stood there; `digest` names the whole: two books of one digest
    say the same.
    """

    compiled_on: date
    keys: Mapping[str, Key]
    sources: Mapping[str, Source]
    rule_sets: Mapping[str, RuleSet]
    changes: tuple[Change, ...]
    open_questions: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict, compare=False)
    digest: str = field(default="", compare=False)
    raws: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def history(self, credential: str, path: str) -> list[RuleSet]:
        """The rule sets of a credential (`ACC`, `PCC`, `MCC`) and path, oldest first."""
        found = [s for s in self.rule_sets.values() if s.credential == credential and s.serves == path]
        return sorted(found, key=lambda s: s.effective_from or date.min)

    def rule_set_for(self, credential: str, path: str, apply_on: date) -> RuleSet:
        """The one rule set in force on the day of the application or renewal; NoRuleSet where there is none."""
        history = self.history(credential, path)
        for rule_set in history:
            if rule_set.in_force_on(apply_on):
                return rule_set
        since = f" (the first is of {history[0].effective_from})" if history else ""
        raise NoRuleSet(f"no rules are known for {credential}, path {path}, on {apply_on}{since}")

    def later_than(self, rule_set: RuleSet) -> list[RuleSet]:
        """What follows a rule set, in order of date."""
        history = self.history(rule_set.credential, rule_set.serves or "")
        return [s for s in history if (s.effective_from or date.min) > (rule_set.effective_from or date.min)]

    def accounting_on(self, day: date) -> RuleSet:
        """How hours are counted: the newest accounting rules in force on `day`, or the oldest known before that."""
        known = sorted(
            (s for s in self.rule_sets.values() if s.kind == "hours_accounting"),
            key=lambda s: s.effective_from or date.min,
        )
        return next((s for s in reversed(known) if s.in_force_on(day)), known[0])

    def source_at(self, address: str) -> Source | None:
        """Who says what stands at an address, and how old it is."""
        return next((source for source in self.sources.values() if source.address == address), None)

    def changes_on(self, day: date) -> list[Change]:
        """The announced changes that take effect on `day`."""
        return [change for change in self.changes if change.on == day]
