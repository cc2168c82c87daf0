"""The live rulebook: the release's data with the school's published versions on top.

What is live is asked once a session; the answer's digests are the key under which each process keeps the book, so a
version that was published or taken back is seen by every process at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, select

from credentials.models import RuleVersion, RuleWithdrawal
from credentials.rules import Document, RuleBook, RulesError, RuleSet, check, laid_over, rule_book
from credentials.rules.loading import read_json
from foundation.asking import rows
from foundation.db import db

VERSION = "version "
Digests = tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Laid:
    """The book, and the versions that do not fit the rules of this release, each with the checker's words."""

    book: RuleBook
    misfits: tuple[tuple[int, str], ...] = ()


def live_book() -> RuleBook:
    """What the pages read. One small statement a session; a version that no longer fits is left out."""
    return live().book


def live() -> Laid:
    """The live book with what does not fit it."""
    return _laid(live_digests())


def live_digests() -> Digests:
    """Which versions are live, each by its number and digest; another book is another answer. Asked once a session."""
    kept = db.session().info
    if "rule_digests" not in kept:
        kept["rule_digests"] = tuple((number, digest) for number, digest in rows(_live_digests()))
    found: Digests = kept["rule_digests"]
    return found


def told_live_digests() -> ScalarSelect[Any]:
    """SQL: the same as JSON, for a statement that asks for other things too; its answer goes to `keep_digests`."""
    live = _live_digests().subquery()
    return select(func.json_agg(func.json_build_array(live.c.number, live.c.digest))).scalar_subquery()


def keep_digests(told: list[tuple[int, str]] | None) -> None:
    """What another statement has found out needs no asking again in this session."""
    db.session().info["rule_digests"] = tuple((number, digest) for number, digest in sorted(told or ()))


def forget() -> None:
    """What is live has changed in this session."""
    db.session().info.pop("rule_digests", None)


def live_documents(*, without: int | None = None) -> list[Document]:
    """The documents of the live versions in their order, but for the one with that number."""
    live = select(RuleVersion).join(RuleWithdrawal, isouter=True).where(RuleWithdrawal.id.is_(None))
    rows = db.session.scalars(live.order_by(RuleVersion.number)).unique()
    return [document_of(version) for version in rows if version.number != without]


def document_of(version: RuleVersion) -> Document:
    """A version's document; its rules say where they come from by its number."""
    name = f"{VERSION}{version.number}"
    return Document.of(name, read_json(name, version.text), version.published_at.date())


def origin(book: RuleBook, rule_set_id: str) -> int | None:
    """The number of the version that a rule set comes from; None where the release brought it."""
    file = book.files.get(rule_set_id, "")
    return int(file.removeprefix(VERSION)) if file.startswith(VERSION) else None


def behind(book: RuleBook, rule_set: RuleSet, on: date) -> int | None:
    """The newest version that has a say in what is read under a rule set on a day, None where the release says it all.

    Beside the rule set's own: that of how hours are counted, and for a renewal that of the Portfolio's mentor coaching.
    """
    if rule_set.serves == "renewal":
        others = [s for s in book.history(rule_set.credential, "portfolio") if s.in_force_on(on)]
    else:
        counting = (s for s in book.rule_sets.values() if s.kind == "hours_accounting")
        others = [s for s in counting if (s.effective_from or date.min) <= on]
    numbers = (origin(book, one.id) for one in (rule_set, *others))
    return max((number for number in numbers if number is not None), default=None)


@cache
def _live_digests() -> Select[int, str]:
    live = select(RuleVersion.number, RuleVersion.digest).join(RuleWithdrawal, isouter=True)
    return live.where(RuleWithdrawal.id.is_(None)).order_by(RuleVersion.number)


@lru_cache(maxsize=16)
def _laid(_digests: Digests) -> Laid:
    if not _digests:
        return Laid(rule_book())
    return fitting(live_documents())


def fitting(documents: Sequence[Document]) -> Laid:
    """All documents on the release's book; where they don't fit together, those that do, one after the other."""
    try:
        return Laid(check(laid_over(rule_book(), documents)))
    except RulesError:
        return _one_by_one(documents)


def _one_by_one(documents: Sequence[Document]) -> Laid:
    book, misfits = rule_book(), []
    for document in documents:
        try:
            book = check(laid_over(book, [document]))
        except RulesError as wrong:
            misfits.append((int(document.name.removeprefix(VERSION)), str(wrong)))
    return Laid(book, tuple(misfits))
