"""What the staff pages of the rules show: rule sets by line, drafts, versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from credentials.models import DraftState, RuleDraft, RuleVersion, RuleWithdrawal
from credentials.rules import Rule, RuleBook, RuleSet, Source
from credentials.rules.laying import line_of
from credentials.rules.wording import rule_words
from credentials.ruling.comparing import place_of
from credentials.ruling.living import origin
from foundation.db import db

LEGACY = "Kept for the record; no application is read under them"


@dataclass(frozen=True)
class Listed:
    """A rule set as a row: where it comes from, and where it stands on a day."""

    rule_set: RuleSet
    version: int | None
    state: str
    tone: str


@dataclass(frozen=True)
class Line:
    """One rule of a set in words, with what the engine does with it and where it stands."""

    key: str
    label: str
    words: str
    use: str
    sources: tuple[Source, ...]
    rule: Rule


USES = {
    "requirement": "Asked of a person",
    "method": "How it is counted",
    "information": "Told, not checked",
    "provider": "Asked of the school",
}


def sets_by_line(book: RuleBook, day: date) -> list[tuple[str, list[Listed]]]:
    """Every rule set, in its line, the newest first; those that serve no path last."""
    found: dict[str, list[RuleSet]] = defaultdict(list)
    for rule_set in book.rule_sets.values():
        found[place_of(rule_set) if line_of(rule_set) else LEGACY].append(rule_set)
    titles = sorted(found, key=lambda title: (title == LEGACY, title))
    return [(title, [listed(book, one, day) for one in _newest_first(found[title])]) for title in titles]


def _newest_first(sets: Sequence[RuleSet]) -> list[RuleSet]:
    return sorted(sets, key=lambda one: one.effective_from or date.min, reverse=True)


def listed(book: RuleBook, rule_set: RuleSet, day: date) -> Listed:
    """A rule set and where it stands on `day`."""
    if rule_set.effective_from and rule_set.effective_from > day:
        state = ("To come", "wait")
    else:
        state = ("In force", "good") if rule_set.in_force_on(day) else ("Past", "quiet")
    return Listed(rule_set, origin(book, rule_set.id), *state)


def lines_of(book: RuleBook, rule_set: RuleSet) -> list[Line]:
    """The rules of a set in its order."""
    return [
        Line(
            key=rule.key,
            label=book.keys[rule.key].label,
            words=rule_words(rule),
            use=USES[book.keys[rule.key].use],
            sources=tuple(book.source_at(address) or Source("", address, "", "") for address in rule.sources),
            rule=rule,
        )
        for rule in rule_set.rules
    ]


def open_drafts() -> list[RuleDraft]:
    """Drafts under way, the newest first."""
    query = select(RuleDraft).where(RuleDraft.state == DraftState.OPEN).options(joinedload(RuleDraft.begun_by))
    return list(db.session.scalars(query.order_by(RuleDraft.begun_at.desc(), RuleDraft.id.desc()).limit(50)))


def versions() -> list[RuleVersion]:
    """Every version, the newest first, with who published it and whether it was taken back."""
    loaded = (
        joinedload(RuleVersion.published_by),
        joinedload(RuleVersion.withdrawal).joinedload(RuleWithdrawal.actor),
    )
    return list(db.session.scalars(select(RuleVersion).options(*loaded).order_by(RuleVersion.number.desc())).unique())
