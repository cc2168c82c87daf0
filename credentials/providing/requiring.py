"""What ICF asks of a program of its level, by the rules in force on the day a cohort began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from credentials.rules import Rule, RuleBook, RuleSet
from enrollment.models import Level

PATHS = {
    Level.LEVEL1: "Level 1 accreditation",
    Level.LEVEL2: "Level 2 accreditation",
    Level.LEVEL3: "Level 3 accreditation",
}
CREDENTIALS = {Level.LEVEL1: "ACC", Level.LEVEL2: "PCC", Level.LEVEL3: "MCC"}
RANGE, LEAST = "provider.contact_hours_range", "provider.contact_hours_min"
CORE, LIVE = "provider.core_share_min", "provider.synchronous_share_min"
MENTOR, SPAN = "provider.mentor_hours_min", "provider.mentor_span_months_min"
ONE_TO_ONE, GROUP = "mentor.one_to_one_hours_min", "mentor.group_hours_countable_max"
OBSERVED, WRITTEN = "provider.observed_sessions_min", "provider.observed_sessions_with_written_feedback_min"
EVALUATION = "provider.final_performance_evaluation_level"


@dataclass(frozen=True)
class Asked:
    """The provider's rules of a level, and the rules of mentor coaching that go with its credential."""

    level: Level
    credential: str
    provider: RuleSet
    mentoring: RuleSet

    def rule(self, key: str) -> Rule | None:
        return (self.mentoring if key.startswith("mentor.") else self.provider).rule(key)

    def number(self, key: str) -> int:
        """A whole figure; 0 where the rules are silent."""
        rule = self.rule(key)
        return int(rule.value) if rule else 0

    def minutes(self, key: str) -> int:
        """A figure in hours as minutes; 0 where the rules are silent."""
        rule = self.rule(key)
        return round(rule.value * 60) if rule else 0

    @property
    def contact(self) -> tuple[int, int | None]:
        """The fewest and the most minutes of such a program."""
        rule = self.rule(RANGE)
        if rule is not None:
            return round(rule.value[0] * 60), round(rule.value[1] * 60)
        return self.minutes(LEAST), None

    def share(self, key: str) -> int:
        """So many of the fewest minutes, by a share; rounded up, 0 where the rules are silent."""
        rule = self.rule(key)
        return -(-round(self.contact[0] * rule.value * 1000) // 1000) if rule else 0

    @property
    def observed(self) -> int:
        """Sessions that are observed: no fewer than those with written feedback."""
        return max(self.number(OBSERVED), self.number(WRITTEN))

    @property
    def evaluated_for(self) -> str:
        """The level of the evaluation at the end (`ACC`, `PCC`); empty where none is asked for."""
        rule = self.rule(EVALUATION)
        return str(rule.value) if rule else ""


def asked_of(book: RuleBook, level: Level, on: date) -> Asked | None:
    """What was asked of a program of that level on that day; None where ICF accredits no such program."""
    sets = [one for one in book.rule_sets.values() if one.kind == "provider" and one.path == PATHS.get(level)]
    ordered = sorted(sets, key=lambda one: one.effective_from or date.min)
    found = next((one for one in ordered if one.in_force_on(on)), ordered[0] if ordered else None)
    if found is None:
        return None
    credential = CREDENTIALS[level]
    mentoring = [one for one in book.history(credential, "portfolio") if (one.effective_from or date.min) <= on]
    return Asked(level, credential, found, (mentoring or book.history(credential, "portfolio"))[-1])
