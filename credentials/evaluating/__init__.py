"""The eligibility engine: one pure function from a credential profile to a credential assessment.

It knows neither the database nor the clock, so the same profile gives the same answer for ever.
Durations are whole minutes.
"""

from __future__ import annotations

from typing import Any

from credentials.evaluating.profile import ProfileError, read_profile
from credentials.evaluating.verdict import find, next_change
from credentials.rules import NoRuleSet, RuleBook, rule_book

__all__ = ["ProfileError", "evaluate"]


def evaluate(profile: object, book: RuleBook | None = None, *, ours: bool = False) -> dict[str, Any]:
    """Whether the hours of a profile meet ICF's published minimums, as of its `apply_on`.

    `profile` is JSON data as in `contracts/credential_profile.schema.json`, the answer as in
    `contracts/credential_assessment.schema.json`; `book` replaces the shipped rules; `ours` says that we
    made the profile ourselves, so that it need not be held against its schema. Raises ProfileError, a line
    that names the field, where the profile is not valid or no rules are known for its day.
    """
    known = book or rule_book()
    person = read_profile(profile, is_ours=ours)
    try:
        rule_set = known.rule_set_for(person.credential, person.path, person.apply_on)
    except NoRuleSet as unknown:
        raise ProfileError(f"apply_on: {unknown}") from unknown
    finding = find(person, rule_set, known)
    return {
        "verdict": finding.verdict,
        "rule_set": rule_set.id,
        "apply_on": person.apply_on.isoformat(),
        "requirements": [row.as_json(known.keys[row.rule.key]) for row in finding.rows],
        "excluded": [left._asdict() for left in finding.excluded],
        "notices": finding.notices,
        "next_change": next_change(person, finding, known),
    }
