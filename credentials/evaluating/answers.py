"""What the parts of the engine hand to the verdict: rows of requirements, records left out, and notices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from credentials.rules import Key, Rule

Status = Literal["met", "not_met", "needs_review", "not_applicable"]


class Excluded(NamedTuple):
    """A record that does not count, in whole or in part: its id, the minutes left out, and a short code why."""

    record: str
    minutes: int
    reason: str


@dataclass(frozen=True)
class Row:
    """One requirement beside what the person has. `deciders` are the uncertain rules that the status turns on."""

    rule: Rule
    required: int | bool
    have: int | bool
    status: Status
    note: str | None = None
    deciders: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        """What is missing, in the row's unit; never below zero."""
        return max(0, int(self.required) - int(self.have))

    @property
    def gap(self) -> int:
        """What is missing where something is: zero for rows that are met or do not apply."""
        return self.missing or 1 if self.status in ("not_met", "needs_review") else 0

    def as_json(self, key: Key) -> dict[str, Any]:
        """The row as the contract prints it."""
        note = {"note": self.note} if self.note else {}
        return {
            "key": self.rule.key,
            "label": key.label,
            "unit": key.unit,
            "required": self.required,
            "have": self.have,
            "missing": self.missing,
            "status": self.status,
            **note,
            "sources": list(self.rule.sources),
            "confidence": self.rule.confidence,
        }


def flag(rule: Rule, have: bool, *, review: bool = False) -> Row:
    """A rule that is kept or not; `review` where an uncertain reading would keep it."""
    status: Status = "met" if have else "needs_review" if review or rule.is_uncertain else "not_met"
    deciders = (rule.key,) if status == "needs_review" else ()
    return Row(rule, True, have, status, rule.note, deciders)


def at_least(rule: Rule, have: int, *, scale: int = 1, required: int | None = None) -> Row:
    """A threshold of `rule.value * scale`, read strictly; an uncertain rule that fails asks for review.

    The other reading of a rule with alternatives is its mildest figure; of one of low confidence, that it is not there.
    """
    strict, mild = thresholds(rule, scale) if required is None else (required, required)
    if have >= strict:
        return Row(rule, strict, have, "met", rule.note)
    if rule.is_uncertain and have >= mild:
        return Row(rule, strict, have, "needs_review", rule.note, (rule.key,))
    return Row(rule, strict, have, "not_met", rule.note)


def thresholds(rule: Rule, scale: int = 1) -> tuple[int, int]:
    """The strict and the mildest figure of a rule."""
    figures = [rule.value, *(other.value for other in rule.alternatives)]
    mild = min(figures) if rule.alternatives else 0 if rule.confidence == "low" else rule.value
    return -int(-max(figures) * scale // 1), -int(-mild * scale // 1)
