"""Refuses a rulebook that contradicts itself: two rules for a day or none,
an unknown key, a rule without a source, a value that is not of the key's kind."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from credentials.rules.laying import line_of
from credentials.rules.model import Key, Rule, RuleBook, RulesError, RuleSet

_OPS = {">=", "<=", "==", "in", "range"}
_CONFIDENCES = {"high", "medium", "low"}
_SERVES = {"level", "portfolio", "renewal", None}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_WINDOWS = {"experience.recent_hours_min"}


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
    if not _NAME.fullmatch(rule_set.id):
        raise RulesError(f"{where}: id: is no name of letters, digits, dots and dashes, at most 80 of them")
    if rule_set.serves not in _SERVES:
        raise RulesError(f"{where}: serves no known path: {rule_set.serves}")
    if not rule_set.rules:
        raise RulesError(f"{where}: rules: holds no rules")
    _check_days(where, "effective_to", rule_set.effective_from, rule_set.effective_to)
    for rule in rule_set.rules:
        _check_rule(book, _where(book, rule_set, rule.key), rule)
    for key, rules in rule_set.by_key.items():
        _check_same_key(_where(book, rule_set, key), rules, rule_set)


def _check_rule(book: RuleBook, where: str, rule: Rule) -> None:
    if rule.key not in book.keys:
        raise RulesError(f"{where}: unknown key")
    key = book.keys[rule.key]
    if not rule.sources:
        raise RulesError(f"{where}: a rule without a source")
    if rule.op not in _OPS:
        raise RulesError(f"{where}: unknown op {rule.op!r}")
    if rule.op != key.op:
        raise RulesError(f"{where}: op: this key compares by {key.op}, not by {rule.op}")
    for confidence in (rule.confidence, *(other.confidence for other in rule.alternatives)):
        if confidence not in _CONFIDENCES:
            raise RulesError(f"{where}: unknown confidence {confidence!r}")
    for value in (rule.value, *(other.value for other in rule.alternatives)):
        _check_value(where, key, value)
    if rule.key in _WINDOWS and not rule.window_months:
        raise RulesError(f"{where}: lacks window_months")
    _check_days(where, "applies_to", rule.applies_from, rule.applies_to)


def _check_value(where: str, key: Key, value: Any) -> None:
    is_fine, words = _KINDS[key.holds]
    if not is_fine(value):
        raise RulesError(f"{where}: value: {value!r} {words}")
    if key.known and (strange := [one for one in value if one not in key.known]):
        raise RulesError(f"{where}: value: {strange[0]!r} is none of {', '.join(key.known)}")


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value < 10**6 and math.isfinite(value)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and isinstance(value, int)


def _is_range(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value)) and value[0] <= value[1]


def _are_words(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) and one for one in value)


def _are_amounts(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value) and all(map(_is_number, value.values()))


_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "number": (_is_number, "is no number that can be compared"),
    "whole": (_is_whole, "is no whole number, or no number at all"),
    "share": (lambda value: _is_number(value) and value <= 1, "is no number between 0 and 1"),
    "flag": (lambda value: isinstance(value, bool), "is neither true nor false"),
    "choices": (_are_words, "is no list of choices"),
    "range": (_is_range, "is no pair of numbers, the smaller first"),
    "name": (lambda value: isinstance(value, str) and bool(value.strip()), "is no name"),
    "amounts": (_are_amounts, "is no object of numbers"),
}


def _check_days(where: str, name: str, first: date | None, last: date | None) -> None:
    if first and last and last < first:
        raise RulesError(f"{where}: {name}: ends on {last}, before it begins on {first}")


def _check_same_key(where: str, rules: tuple[Rule, ...], rule_set: RuleSet) -> None:
    """Rules that share a key take turns by the record's own date, without a gap or an overlap, to the set's end."""
    if len(rules) > 1 and not all(rule.applies_by for rule in rules):
        raise RulesError(f"{where}: the key stands twice")
    ordered = sorted(rules, key=lambda rule: rule.applies_from or date.min)
    _check_turns([(rule.applies_from, rule.applies_to, where, "applies_from") for rule in ordered])
    last, until = ordered[-1].applies_to, rule_set.effective_to
    if last is not None and (until is None or last < until):
        raise RulesError(f"{where}: applies_to: no rule after {last}")


def _lines_of_succession(book: RuleBook) -> Iterable[list[RuleSet]]:
    lines: dict[tuple[str, str], list[RuleSet]] = defaultdict(list)
    for rule_set in book.rule_sets.values():
        if (line := line_of(rule_set)) is not None:
            lines[line].append(rule_set)
    if ("hours_accounting", "") not in lines:
        raise RulesError("rule_sets: none says how hours are counted (kind hours_accounting)")
    return lines.values()


def _check_succession(book: RuleBook, line: list[RuleSet]) -> None:
    """Rule sets of a line follow each other day by day, and the last one has no end."""
    ordered = sorted(line, key=lambda rule_set: rule_set.effective_from or date.min)
    _check_turns([(s.effective_from, s.effective_to, _where(book, s), "effective_from") for s in ordered])
    if (last := ordered[-1]).effective_to is not None:
        raise RulesError(f"{_where(book, last)}: effective_to: no rule after {last.effective_to}")


def _check_turns(turns: list[tuple[date | None, date | None, str, str]]) -> None:
    for (_, last, earlier, _), (first, _, later, name) in pairwise(turns):
        place = f"{later}: {name}" if later == earlier else f"{later}: {name}: after {earlier}"
        if last is None or first is None or first <= last:
            raise RulesError(f"{place}: two rules for one day: from {first}, while the earlier lasts until {last}")
        if first != last + timedelta(days=1):
            raise RulesError(f"{place}: no rule between {last} and {first}")
