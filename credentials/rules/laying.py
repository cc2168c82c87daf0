"""Lays documents of rules over a rulebook: a later rule set replaces the one of its id, or follows an endless one.

Pure: the files of a release and the versions that a school published meet here and nowhere else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from credentials.rules import parsing
from credentials.rules.model import RuleBook, RulesError, RuleSet

PARTS = {"rule_sets", "sources", "changes", "keys", "open_questions"}
EMPTY = RuleBook(date.min, {}, {}, {}, (), ())


@dataclass(frozen=True)
class Document:
    """Rules as JSON, and where they stand. `rule_sets` are pairs of a file's name and what it holds."""

    rule_sets: tuple[tuple[str, Any], ...] = ()
    sources: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[Any, ...] = ()
    keys: Mapping[str, Any] = field(default_factory=dict)
    open_questions: tuple[str, ...] = ()
    compiled_on: date | None = None
    name: str = "changes.json"

    @classmethod
    def of(cls, name: str, raw: object, on: date | None = None) -> Document:
        """A document of one piece, as the staff pages keep it. Raises RulesError where a part has the wrong shape."""
        parsing.plain(name, raw)
        told = parsing.fields(name, raw, PARTS, ())
        sets = parsing.objects(name, "rule_sets", told.get("rule_sets", []))
        return cls(
            rule_sets=tuple((name, one) for one in sets),
            sources=parsing.named(name, "sources", told.get("sources", {})),
            changes=tuple(parsing.objects(name, "changes", told.get("changes", []))),
            keys=parsing.named(name, "keys", told.get("keys", {})),
            open_questions=parsing.texts(name, "open_questions", told.get("open_questions", [])),
            compiled_on=on,
            name=name,
        )

    @property
    def digest(self) -> str:
        """The same for the same content, however it is spaced or named."""
        sets = [raw for _, raw in self.rule_sets]
        told = [sets, self.sources, self.changes, self.keys, self.open_questions]
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def laid_over(book: RuleBook, documents: Iterable[Document]) -> RuleBook:
    """The book with the documents on top, in their order. `checking.check` looks at the whole. Raises RulesError."""
    for document in documents:
        book = _laid(book, document)
    return book


def _laid(book: RuleBook, document: Document) -> RuleBook:
    keys = {**book.keys, **{name: parsing.key(name, raw) for name, raw in document.keys.items()}}
    sources = {**book.sources, **{name: parsing.source(name, raw) for name, raw in document.sources.items()}}
    found: dict[str, RuleSet] = {}
    files: dict[str, str] = {}
    for file, raw in document.rule_sets:
        rule_set = parsing.rule_set(file, raw, sources)
        if rule_set.id in found:
            raise RulesError(f"{file}: {rule_set.id}: stands in {files[rule_set.id]} too")
        found[rule_set.id], files[rule_set.id] = rule_set, file
    changes = [parsing.change(document.name, raw, sources) for raw in document.changes]
    rule_sets = _ended(book.rule_sets, found)
    return RuleBook(
        compiled_on=max(book.compiled_on, document.compiled_on or date.min),
        keys=keys,
        sources=sources,
        rule_sets=rule_sets | found,
        changes=tuple(sorted((*book.changes, *changes), key=lambda change: change.on)),
        open_questions=(*book.open_questions, *document.open_questions),
        files={**book.files, **files},
        raws={**book.raws, **{raw["id"]: raw for _, raw in document.rule_sets}},
        digest=hashlib.sha256(f"{book.digest}{document.digest}".encode()).hexdigest(),
    )


def _ended(known: Mapping[str, RuleSet], new: Mapping[str, RuleSet]) -> dict[str, RuleSet]:
    """Where a new rule set follows an endless one of its line, that one ends the day before."""
    ended = dict(known)
    for later in new.values():
        for earlier in known.values():
            if earlier.id not in new and earlier.effective_to is None and _follows(later, earlier):
                assert later.effective_from is not None
                ended[earlier.id] = replace(earlier, effective_to=later.effective_from - timedelta(days=1))
    return ended


def _follows(later: RuleSet, earlier: RuleSet) -> bool:
    if line_of(later) is None or line_of(later) != line_of(earlier) or later.effective_from is None:
        return False
    return (earlier.effective_from or date.min) < later.effective_from


def line_of(rule_set: RuleSet) -> tuple[str, str] | None:
    """The line in which rule sets follow each other day by day; None for those that no application is read under."""
    if rule_set.serves:
        return rule_set.credential, rule_set.serves
    if rule_set.kind == "hours_accounting":
        return rule_set.kind, ""
    return (rule_set.kind, rule_set.path) if rule_set.kind == "provider" else None
