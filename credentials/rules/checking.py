"""Refuses a rulebook that contradicts itself: two rules for a day or none,
an unknown key, a rule without a source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

from credentials.rules.model import Rule, RuleBook, RulesError, RuleSet

_OPS = {">=", "<=", "==", "in", "range"}
_CONFIDENCES = {"high", "medium", "low"}
_SERVES = {"level", "portfolio", "renewal", None}
_NUMBERS = (">=", "<=")


def check(book: RuleBook) -> RuleBook:
    """The same book, or RulesError naming file, rule set and key."""
    for rule_set in book.rule_sets.values():
        _check_set(book, rule_set)
    for line in _lines_of_succession(book):
        _check_succession(book, line)
    return book


def _where(book: RuleBook, rule_set: RuleSet, key: str | None = None) -> str:
    place = f"{book.files.get(rule_set.id, '?')}: {rule_set.id}"
    return f"{place}: {key}" if key else place


def _check_set(book: RuleBook, rule_set: RuleSet) -> None:
    where = _where(book, rule_set)
    if rule_set.serves not in _SERVES:
        raise RulesError(f"{where}: serves no known path: {rule_set.serves}")
    if not rule_set.rules:
        raise RulesError(f"{where}: holds no rules")
    _check_days(where, rule_set.effective_from, rule_set.effective_to)
    for rule in rule_set.rules:
        _check_rule(book, _where(book, rule_set, rule.key), rule)
    for key, rules in rule_set.by_key.items():
        _check_same_key(_where(book, rule_set, key), rules)


def _check_rule(book: RuleBook, where: str, rule: Rule) -> None:
    if rule.key not in book.keys:
        raise RulesError(f"{where}: unknown key")
    if not rule.sources:
        raise RulesError(f"{where}: a rule without a source")
    if rule.op not in _OPS:
        raise RulesError(f"{where}: unknown op {rule.op!r}")
    if rule.confidence not in _CONFIDENCES:
        raise RulesError(f"{where}: unknown confidence {rule.confidence!r}")
    for value in (rule.value, *(other.value for other in rule.alternatives)):
        if rule.op in _NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
            raise RulesError(f"{where}: {value!r} is no number that can be compared")
        if rule.op == "in" and not isinstance(value, list):
            raise RulesError(f"{where}: {value!r} is no list of choices")
    _check_days(where, rule.applies_from, rule.applies_to)


def _check_days(where: str, first: date | None, last: date | None) -> None:
    if first and last and last < first:
        raise RulesError(f"{where}: ends on {last}, before it begins on {first}")


def _check_same_key(where: str, rules: tuple[Rule, ...]) -> None:
    """Rules that share a key take turns by the record's own date, without a gap or an overlap."""
    if len(rules) > 1 and not all(rule.applies_by for rule in rules):
        raise RulesError(f"{where}: the key stands twice")
    ordered = sorted(rules, key=lambda rule: rule.applies_from or date.min)
    _check_turns(where, [(rule.applies_from, rule.applies_to, where) for rule in ordered])


def _lines_of_succession(book: RuleBook) -> Iterable[list[RuleSet]]:
    lines: dict[tuple[str, str], list[RuleSet]] = defaultdict(list)
    for rule_set in book.rule_sets.values():
        if rule_set.serves:
            lines[rule_set.credential, rule_set.serves].append(rule_set)
        elif rule_set.kind == "hours_accounting":
            lines[rule_set.kind, ""].append(rule_set)
    if ("hours_accounting", "") not in lines:
        raise RulesError("rule_sets: none says how hours are counted (kind hours_accounting)")
    return lines.values()


def _check_succession(book: RuleBook, line: list[RuleSet]) -> None:
    ordered = sorted(line, key=lambda rule_set: rule_set.effective_from or date.min)
    _check_turns("", [(s.effective_from, s.effective_to, _where(book, s)) for s in ordered])


def _check_turns(where: str, turns: list[tuple[date | None, date | None, str]]) -> None:
    for (_, last, earlier), (first, _, later) in pairwise(turns):
        place = where or f"{later} after {earlier}"
        if last is None or first is None or first <= last:
            raise RulesError(f"{place}: two rules for one day: from {first}, while the earlier lasts until {last}")
        if first != last + timedelta(days=1):
            raise RulesError(f"{place}: no rule between {last} and {first}")
