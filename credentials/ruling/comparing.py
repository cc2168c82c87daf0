"""The difference between two rulebooks in plain words, rule set by rule set. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from credentials.rules import Rule, RuleBook, RuleSet
from credentials.rules.laying import line_of
from credentials.rules.wording import rule_words
from foundation.filters import shown_date

PATH_WORDS = {"level": "level-based path", "portfolio": "Portfolio path", "renewal": "renewal"}


@dataclass(frozen=True)
class Difference:
    """What changes in one place: a rule set, the sources, or what is announced."""

    place: str
    lines: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def differences(before: RuleBook, after: RuleBook) -> list[Difference]:
    """All that `after` says otherwise than `before`; empty where they say the same."""
    found = [_of_set(before, after, name) for name in sorted({*before.rule_sets, *after.rule_sets})]
    found += [_sources(before, after), _announced(before, after)]
    return [one for one in found if one.lines]


def changed_sets(before: RuleBook, after: RuleBook) -> list[RuleSet]:
    """The rule sets of `after` that `before` does not have, or has otherwise, but for their last day."""
    return [
        new
        for name, new in after.rule_sets.items()
        if (old := before.rule_sets.get(name)) is None
        or old.rules != new.rules
        or old.effective_from != new.effective_from
    ]


def place_of(rule_set: RuleSet) -> str:
    """`ACC, level-based path`: what a rule set speaks of."""
    if rule_set.serves:
        return f"{rule_set.credential}, {PATH_WORDS.get(rule_set.serves, rule_set.serves)}"
    if rule_set.kind == "hours_accounting":
        return "How hours are counted"
    if rule_set.kind == "provider":
        return f"The school itself, {rule_set.path}"
    return f"{rule_set.credential}, {rule_set.path}"


def days_of(rule_set: RuleSet) -> str:
    """`from January 1, 2030, without an end`."""
    first = f"from {shown_date(rule_set.effective_from)}" if rule_set.effective_from else "from the beginning"
    last = f"to {shown_date(rule_set.effective_to)}" if rule_set.effective_to else "without an end"
    return f"{first}, {last}"


def _of_set(before: RuleBook, after: RuleBook, name: str) -> Difference:
    old, new = before.rule_sets.get(name), after.rule_sets.get(name)
    if new is None:
        assert old is not None
        return Difference(f"{place_of(old)} ({name})", (f"These rules, {days_of(old)}, are no longer there.",))
    place = f"{place_of(new)} ({name})"
    if old is None:
        return Difference(place, tuple(_begins(before, after, new)))
    if old == new:
        return Difference(place, ())
    lines = [] if days_of(old) == days_of(new) else [f"In force {days_of(new)}; before, {days_of(old)}."]
    lines += [f"Note: {new.note or 'none'}."] if old.note != new.note else []
    return Difference(place, (*lines, *_of_rules(after, old, new)))


def _begins(before: RuleBook, after: RuleBook, new: RuleSet) -> Iterable[str]:
    earlier = predecessor(before, new)
    if earlier is None:
        yield f"New rules, {days_of(new)}."
        yield from (f"{after.keys[rule.key].label}: {rule_words(rule)}." for rule in new.rules)
        return
    yield f"New rules, {days_of(new)}; they follow {earlier.id}."
    yield from _of_rules(after, earlier, new) or [f"Every figure is that of {earlier.id}."]


def predecessor(book: RuleBook, new: RuleSet) -> RuleSet | None:
    """The rule set that was in force in the same line before the new one."""
    if line_of(new) is None:
        return None
    known = [s for s in book.rule_sets.values() if line_of(s) == line_of(new) and s.id != new.id]
    start = new.effective_from or date.min
    before = [s for s in known if (s.effective_from or date.min) < start]
    return max(before, key=lambda s: s.effective_from or date.min, default=None)


def _of_rules(book: RuleBook, old: RuleSet, new: RuleSet) -> list[str]:
    olds, news = ({(rule.key, rule.applies_from): rule for rule in s.rules} for s in (old, new))
    lines: list[str] = []
    for place in dict.fromkeys((*olds, *news)):
        label = book.keys[place[0]].label
        lines += [f"{label}: {said}." for said in _of_rule(olds.get(place), news.get(place))]
    return lines


def _of_rule(old: Rule | None, new: Rule | None) -> Iterable[str]:
    if new is None:
        assert old is not None
        yield f"no longer asked; before, {_inside(old)}"
        return
    if old is None:
        yield f"new, {_inside(new)}"
        return
    if rule_words(old) != rule_words(new):
        yield f"{_inside(new)}; before, {_inside(old)}"
    for words, name in _PARTS.items():
        was, becomes = getattr(old, name), getattr(new, name)
        if was != becomes:
            yield f"{words} {_said(becomes)}; before, {_said(was)}"


def _inside(rule: Rule) -> str:
    """A rule's words inside a sentence."""
    words = rule_words(rule)
    return words[0].lower() + words[1:] if words.startswith("At ") else words


_PARTS = {
    "sure to the degree": "confidence",
    "stands at": "sources",
    "its note reads": "note",
    "other readings:": "alternatives",
    "applies until": "applies_to",
    "questions in the exam:": "items",
    "minutes of the exam:": "minutes",
    "asks ICF where mentoring ended before": "review_if_mentoring_ended_before",
}


def _said(value: Any) -> str:
    if value in (None, "", ()):
        return "nothing"
    if isinstance(value, tuple):
        return " and ".join(str(getattr(one, "value", one)) for one in value)
    return f"“{value}”" if isinstance(value, str) and " " in value else str(value)


def _sources(before: RuleBook, after: RuleBook) -> Difference:
    lines = [
        f"{one.name}: {one.address} ({one.kind}, {one.date})."
        for name, one in after.sources.items()
        if before.sources.get(name) != one
    ]
    return Difference("New sources", tuple(lines))


def _announced(before: RuleBook, after: RuleBook) -> Difference:
    known = set(before.changes)
    lines = [f"{shown_date(one.on)}: {one.what}" for one in after.changes if one not in known]
    return Difference("Announced to trainees", tuple(lines))
