"""The rule sets in force on a day, side by side, row by row, with the sources of each figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from credentials.rules import NoRuleSet, Rule, RuleBook, RuleSet, Source
from credentials.rules.wording import rule_words
from credentials.standing import sources_at

CREDENTIALS = ("ACC", "PCC", "MCC")


@dataclass(frozen=True)
class Cell:
    """What one credential asks for in one row."""

    words: str
    notes: tuple[str, ...]
    sources: tuple[Source, ...]
    confidence: str


@dataclass(frozen=True)
class Table:
    """A path on a day: its credentials, and a row for each requirement that any of them has."""

    sets: tuple[RuleSet, ...]
    rows: tuple[tuple[str, tuple[Cell | None, ...]], ...]


def columns(book: RuleBook, path: str, day: date) -> Table:
    """The table of a path; a credential for which no rules are known is left out."""
    sets = tuple(found for name in CREDENTIALS if (found := _in_force(book, name, path, day)))
    keys = [key for key in book.keys.values() if key.use == "requirement" and any(key.name in s.by_key for s in sets)]
    rows = tuple((key.label, tuple(_cell(s.by_key.get(key.name, ()), book) for s in sets)) for key in keys)
    return Table(sets, rows)


def _in_force(book: RuleBook, credential: str, path: str, day: date) -> RuleSet | None:
    try:
        return book.rule_set_for(credential, path, day)
    except NoRuleSet:
        return None


def _cell(rules: Sequence[Rule], book: RuleBook) -> Cell | None:
    if not rules:
        return None
    addresses = dict.fromkeys(address for rule in rules for address in rule.sources)
    weakest = max((rule.confidence for rule in rules), key=("high", "medium", "low").index)
    notes = tuple(dict.fromkeys(rule.note for rule in rules if rule.note))
    return Cell("; ".join(rule_words(rule) for rule in rules), notes, sources_at(addresses, book), weakest)
