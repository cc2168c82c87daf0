"""Drafting rules: begun from the newest of a line or to correct one, kept only in a form that the checker passes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from accounts.models import User
from credentials.models import DRAFT_MOVES, DraftState, RuleDraft
from credentials.rules import Document, RuleBook, RulesError, RuleSet, check, laid_over
from credentials.rules.loading import read_json
from credentials.ruling.comparing import place_of, predecessor
from credentials.ruling.living import live_book
from credentials.ruling.trying import tried
from foundation.audit import record
from foundation.db import db
from foundation.errors import NotFound, Refused

NAME = "draft"


def begin(rule_set_id: str, actor: User, at: datetime, *, first_day: date | None) -> RuleDraft:
    """A draft of rules that follow `rule_set_id` from `first_day` on, or that correct it where there is no such day.

    Raises Refused where new rules would begin before those they follow.
    """
    book = live_book()
    rule_set = book.rule_sets.get(rule_set_id)
    if rule_set is None:
        raise NotFound
    document = _following(book, rule_set, first_day) if first_day else _correcting(book, rule_set)
    draft = RuleDraft(
        about=place_of(rule_set), text=written(document), begun_by_id=actor.id, begun_at=at, changed_at=at
    )
    db.session.add(draft)
    db.session.flush()
    record("rules.draft_begun", subject=draft, actor=actor, at=at, about=rule_set_id)
    return draft


def _following(book: RuleBook, rule_set: RuleSet, first_day: date) -> dict[str, Any]:
    if rule_set.effective_to is not None:
        raise Refused("These rules have an end. Begin with the newest of their line.", field="first_day")
    if first_day <= (rule_set.effective_from or date.min):
        raise Refused(f"The rules before it begin on {rule_set.effective_from}. Choose a later day.", field="first_day")
    raw = deepcopy(dict(book.raws[rule_set.id]))
    raw |= {"id": _free_id(book, rule_set, first_day), "effective_from": first_day.isoformat(), "effective_to": None}
    return {"rule_sets": [raw], "sources": {}, "changes": []}


def _correcting(book: RuleBook, rule_set: RuleSet) -> dict[str, Any]:
    return {"rule_sets": [_raw(book, rule_set)], "sources": {}, "changes": []}


def _raw(book: RuleBook, rule_set: RuleSet) -> dict[str, Any]:
    """What stands in the book's files, with the last day that the book gave it."""
    last = rule_set.effective_to
    return deepcopy(dict(book.raws[rule_set.id])) | {"effective_to": last.isoformat() if last else None}


def _free_id(book: RuleBook, rule_set: RuleSet, first_day: date) -> str:
    stem = rule_set.id.rsplit("-", 1)[0] if rule_set.id[-4:].isdigit() else rule_set.id
    wished = [f"{stem}-{first_day.year}", f"{stem}-{first_day.isoformat()}"]
    wished += [f"{wished[1]}-{n}" for n in range(2, 100)]
    return next(name for name in wished if name not in book.rule_sets)


def with_first_day(document: Mapping[str, Any], first_day: date) -> dict[str, Any]:
    """The document with its rule set beginning on that day, and the one before it, where it has an end, ending before.

    An endless one ends by itself where the documents are laid over each other.
    """
    book, (raw, *others) = live_book(), document["rule_sets"]
    moved = {**raw, "effective_from": first_day.isoformat()}
    known = book.rule_sets.get(raw["id"])
    earlier = predecessor(book, known) if known else None
    if earlier is None or earlier.effective_to is None:
        return {**document, "rule_sets": [moved, *others]}
    ended = next((one for one in others if one["id"] == earlier.id), _raw(book, earlier))
    ended = ended | {"effective_to": (first_day - timedelta(days=1)).isoformat()}
    rest = [one for one in others if one["id"] != earlier.id]
    return {**document, "rule_sets": [moved, ended, *rest]}


def seal(draft: RuleDraft) -> str:
    """How a page that was shown knows again what it showed."""
    return hashlib.sha256(draft.text.encode()).hexdigest()[:16]


def check_seen(draft: RuleDraft, seen: str) -> None:
    """Raises Refused where somebody has changed the draft since the page of that seal was shown."""
    if seen != seal(draft):
        raise Refused(
            "Somebody has changed this draft since you opened it. What you typed stands here still: look at theirs in "
            "another window, or send it again to put yours in its place."
        )


def keep(draft: RuleDraft, document: Mapping[str, Any], actor: User, at: datetime) -> None:
    """Keep a draft as it now reads. Raises Refused with the checker's words where it would not stand in the book."""
    try:
        proposed(document)
    except RulesError as wrong:
        raise Refused(str(wrong), field="text") from wrong
    draft.text, draft.changed_at = written(document), at
    record("rules.draft_changed", subject=draft, actor=actor, at=at)


def keep_text(draft: RuleDraft, text: str, actor: User, at: datetime) -> None:
    """The same from JSON text."""
    try:
        document = document_json(text)
    except RulesError as wrong:
        raise Refused(str(wrong), field="text") from wrong
    keep(draft, document, actor, at)


def proposed(document: Mapping[str, Any]) -> RuleBook:
    """The live book with the document on top. Raises RulesError where that is not in order."""
    own = Document.of(NAME, document)
    if not own.rule_sets:
        raise RulesError(f"{NAME}: rule_sets: holds none")
    return tried(check(laid_over(live_book(), [own])), own)


def document_json(text: str) -> dict[str, Any]:
    """A draft's or version's text as data. Raises RulesError."""
    found = read_json(NAME, text)
    if not isinstance(found, dict):
        raise RulesError(f"{NAME}: is no object")
    return found


def written(document: Mapping[str, Any]) -> str:
    """The document as people read JSON: a rule a line."""
    parts = []
    for name, part in document.items():
        if name == "rule_sets":
            part_text = "[\n" + ",\n".join(_set_text(one) for one in part) + "\n  ]"
        else:
            part_text = json.dumps(part, ensure_ascii=False, indent=2).replace("\n", "\n  ")
        parts.append(f'  "{name}": {part_text}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _set_text(raw: Mapping[str, Any]) -> str:
    lines = []
    for name, value in raw.items():
        told = json.dumps(value, ensure_ascii=False)
        if name == "rules":
            told = "[\n" + ",\n".join(f"        {json.dumps(one, ensure_ascii=False)}" for one in value) + "\n      ]"
        lines.append(f"      {json.dumps(name)}: {told}")
    return "    {\n" + ",\n".join(lines) + "\n    }"


def discard(draft: RuleDraft, actor: User, at: datetime) -> None:
    """Leave a draft. Done twice it is done once."""
    DRAFT_MOVES.check(draft.state, DraftState.DISCARDED)
    draft.state = DraftState.DISCARDED
    record("rules.draft_discarded", subject=draft, actor=actor, at=at)


def open_draft(public_id: str, *, lock: bool = False) -> RuleDraft:
    """A draft that is still open. Raises NotFound."""
    query = select(RuleDraft).where(RuleDraft.public_id == public_id, RuleDraft.state == DraftState.OPEN)
    found = db.session.scalar(query.with_for_update(key_share=True) if lock else query)
    if found is None:
        raise NotFound
    return found
