"""ICF's published minimums as dated data: rule sets with sources, read and checked once.

The data lie in `data/`; a further folder of the same layout adds to them without a release of the program.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from credentials.rules.checking import check
from credentials.rules.laying import Document, laid_over
from credentials.rules.loading import load
from credentials.rules.model import Change, Key, NoRuleSet, Rule, RuleBook, RulesError, RuleSet, Source
from credentials.rules.parsing import FIRST_DAY, LAST_DAY

__all__ = [
    "FIRST_DAY", "LAST_DAY", "Change", "Document", "Key", "NoRuleSet", "Rule", "RuleBook", "RuleSet", "RulesError",
    "Source", "check", "laid_over", "load", "rule_book", "rule_set_for",
]  # fmt: skip


@cache
def rule_book(*folders: Path) -> RuleBook:
    """The checked rulebook of the shipped data, with those of `folders` on top; read once. Raises RulesError."""
    return check(load(*folders))


def rule_set_for(credential: str, path: str, apply_on: date) -> RuleSet:
    """The shipped rule set for `ACC|PCC|MCC` and `level|portfolio|renewal` on that day; raises NoRuleSet."""
    return rule_book().rule_set_for(credential, path, apply_on)
