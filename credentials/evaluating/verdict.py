"""The verdict on a profile under one rule set, and the next change of the rules that alters it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from credentials.evaluating import applying, notices, renewal
from credentials.evaluating.answers import Excluded, Row
from credentials.evaluating.case import Case
from credentials.evaluating.profile import Profile
from credentials.rules import RuleBook, RuleSet


@dataclass(frozen=True)
class Finding:
    """What one rule set says of a profile."""

    rule_set: RuleSet
    rows: list[Row]
    excluded: list[Excluded]
    notices: list[str]

    @property
    def verdict(self) -> str:
        """`not_eligible` where a firm rule is not met, `needs_review` where only uncertain ones are open."""
        statuses = {row.status for row in self.rows}
        if "not_met" in statuses:
            return "not_eligible"
        return "needs_review" if "needs_review" in statuses else "eligible"

    @property
    def gaps(self) -> dict[str, tuple[str, int]]:
        """What stands between the person and the minimums, by key."""
        return {row.rule.key: (row.status, row.gap) for row in self.rows if row.gap}


def find(profile: Profile, rule_set: RuleSet, book: RuleBook) -> Finding:
    """The profile under that rule set, as of its own day, whatever rule set that day would choose."""
    if profile.path == "renewal":
        renewed = renewal.Renewal(profile, rule_set, book)
        rows, excluded = renewal.rows(renewed), renewed.excluded
        told = notices.for_renewal(renewed)
    else:
        case = Case(profile, rule_set, book)
        rows = applying.rows(case)
        excluded = case.education.excluded + case.experience.excluded + case.mentoring.excluded
        told = notices.for_application(case, rows)
    return Finding(rule_set, rows, sorted(excluded), notices.for_all(profile, rule_set, book, rows) + told)


def next_change(profile: Profile, now: Finding, book: RuleBook) -> dict[str, Any] | None:
    """The next change after the day of the profile under whose rules something else is missing, or nothing is.

    The records and the day stay as they are; only the rules are the later ones.
    """
    for rule_set in book.later_than(now.rule_set):
        later = find(profile, rule_set, book)
        if later.verdict != now.verdict or later.gaps != now.gaps:
            return _described(now, later, book)
    return None


def _described(now: Finding, later: Finding, book: RuleBook) -> dict[str, Any]:
    on = later.rule_set.effective_from
    assert on is not None
    announced = book.changes_on(on)
    altered = [row for row in later.rows if now.gaps.get(row.rule.key) != later.gaps.get(row.rule.key)]
    dropped = [row for row in now.rows if row.gap and row.rule.key not in {r.rule.key for r in later.rows}]
    sources = [address for change in announced for address in change.sources]
    sources = sources or [address for row in altered + dropped for address in row.rule.sources]
    return {
        "date": on.isoformat(),
        "what": " ".join(change.what for change in announced) or f"The rules of {later.rule_set.id} are in force.",
        "source": sources[0] if sources else "",
        "sources": list(dict.fromkeys(sources)),
        "rule_set": later.rule_set.id,
        "verdict": later.verdict,
        "verdict_before": now.verdict,
        "requirements": [row.as_json(book.keys[row.rule.key]) for row in altered],
        "no_longer_asked": [row.rule.key for row in dropped],
    }
