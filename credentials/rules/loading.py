"""Reads the rule files into the rulebook. Every refusal names the file, the rule set and the key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from credentials.rules.model import Alternative, Change, Key, Rule, RuleBook, RulesError, RuleSet, Source

SHIPPED = Path(__file__).parent / "data"

_SET_FIELDS = {
    "id", "kind", "credential", "path", "serves", "effective_from", "effective_to", "selected_by", "rules",
    "note", "confidence_of_effective_from",
}  # fmt: skip
_RULE_FIELDS = {
    "key", "op", "value", "unit", "sources", "confidence", "note", "alternatives", "applies_by", "applies_from",
    "applies_to", "window_months", "window_anchor", "items", "minutes", "review_if_mentoring_ended_before",
}  # fmt: skip
_NEEDED = ("key", "op", "value", "unit", "sources", "confidence")


def load(*folders: Path) -> RuleBook:
    """The rulebook of the shipped files and of further folders; there, a rule set replaces the one of the same id.

    Raises RulesError where a file cannot be read or lacks what it needs. `checking.check` looks at the whole.
    """
    every = (SHIPPED, *folders)
    keys = {name: _key(name, raw) for name, raw in _merged(every, "keys.json", "keys").items()}
    sources = {name: _source(name, raw) for name, raw in _merged(every, "sources.json", "sources").items()}
    rule_sets: dict[str, RuleSet] = {}
    files: dict[str, str] = {}
    for folder in every:
        for file, rule_set in _folder(folder, sources).values():
            rule_sets[rule_set.id], files[rule_set.id] = rule_set, file.name
    return RuleBook(
        compiled_on=_compiled_on(every),
        keys=keys,
        sources=sources,
        rule_sets=rule_sets,
        changes=tuple(sorted(_changes(every, sources), key=lambda change: change.on)),
        open_questions=tuple(q for folder in every for q in _part(folder, "open_questions.json", "open_questions", [])),
        files=files,
    )


def _folder(folder: Path, sources: Mapping[str, Source]) -> dict[str, tuple[Path, RuleSet]]:
    found: dict[str, tuple[Path, RuleSet]] = {}
    for file in sorted((folder / "rule_sets").glob("*.json")):
        rule_set = _rule_set(file, sources)
        if rule_set.id in found:
            raise RulesError(f"{file.name}: {rule_set.id}: stands in {found[rule_set.id][0].name} too")
        found[rule_set.id] = file, rule_set
    return found


def _read(file: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as trouble:
        raise RulesError(f"{file.name}: not readable as JSON: {trouble}") from trouble
    if not isinstance(found, dict):
        raise RulesError(f"{file.name}: holds no object")
    return found


def _part(folder: Path, name: str, part: str, otherwise: Any) -> Any:
    file = folder / name
    if not file.exists():
        return otherwise
    found = _read(file)
    if part not in found:
        raise RulesError(f"{name}: lacks {part}")
    return found[part]


def _merged(folders: Iterable[Path], name: str, part: str) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for folder in folders:
        merged.update(_part(folder, name, part, {}))
    return merged


def _compiled_on(folders: Iterable[Path]) -> date:
    days = [_part(folder, "sources.json", "compiled_on", None) for folder in folders]
    return max(date.fromisoformat(day) for day in days if day)


def _key(name: str, raw: Mapping[str, Any]) -> Key:
    try:
        return Key(name=name, label=raw["label"], use=raw["use"], unit=raw["unit"])
    except KeyError as missing:
        raise RulesError(f"keys.json: {name}: lacks {missing.args[0]}") from missing


def _source(name: str, raw: Mapping[str, Any]) -> Source:
    try:
        return Source(name=name, address=raw["address"], kind=raw["kind"], date=raw["date"])
    except KeyError as missing:
        raise RulesError(f"sources.json: {name}: lacks {missing.args[0]}") from missing


def _changes(folders: Iterable[Path], sources: Mapping[str, Source]) -> list[Change]:
    found = []
    for raw in (raw for folder in folders for raw in _part(folder, "changes.json", "changes", [])):
        where = f"changes.json: {raw.get('on', 'a change without a day')}"
        addresses = _addresses(where, raw.get("sources", []), sources)
        found.append(Change(_needed_day(where, "on", raw.get("on")), raw["what"], addresses))
    return found


def _rule_set(file: Path, sources: Mapping[str, Source]) -> RuleSet:
    raw = _read(file)
    where = f"{file.name}: {raw.get('id', 'a rule set without an id')}"
    _fields(where, raw, _SET_FIELDS, ("id", "kind", "credential", "path", "selected_by", "rules"))
    return RuleSet(
        id=raw["id"],
        kind=raw["kind"],
        credential=raw["credential"],
        path=raw["path"],
        serves=raw.get("serves"),
        effective_from=_day(where, "effective_from", raw.get("effective_from")),
        effective_to=_day(where, "effective_to", raw.get("effective_to")),
        selected_by=raw["selected_by"],
        rules=tuple(_rule(where, rule, sources) for rule in raw["rules"]),
        note=raw.get("note"),
        confidence_of_effective_from=raw.get("confidence_of_effective_from"),
    )


def _rule(where: str, raw: Mapping[str, Any], sources: Mapping[str, Source]) -> Rule:
    where = f"{where}: {raw.get('key', 'a rule without a key')}"
    _fields(where, raw, _RULE_FIELDS, _NEEDED)
    before = "review_if_mentoring_ended_before"
    return Rule(
        key=raw["key"],
        op=raw["op"],
        value=raw["value"],
        unit=raw["unit"],
        sources=_addresses(where, raw["sources"], sources),
        confidence=raw["confidence"],
        note=raw.get("note"),
        alternatives=tuple(
            Alternative(other["value"], _addresses(where, other["sources"], sources), other["confidence"])
            for other in raw.get("alternatives", ())
        ),
        applies_by=raw.get("applies_by"),
        applies_from=_day(where, "applies_from", raw.get("applies_from")),
        applies_to=_day(where, "applies_to", raw.get("applies_to")),
        window_months=raw.get("window_months"),
        window_anchor=raw.get("window_anchor"),
        items=raw.get("items"),
        minutes=raw.get("minutes"),
        review_if_mentoring_ended_before=_day(where, before, raw.get(before)),
    )


def _fields(where: str, raw: Mapping[str, Any], known: set[str], needed: Iterable[str]) -> None:
    if unknown := sorted(set(raw) - known):
        raise RulesError(f"{where}: unknown field {unknown[0]}")
    if missing := [name for name in needed if name not in raw]:
        raise RulesError(f"{where}: lacks {missing[0]}")


def _addresses(where: str, names: Iterable[str], sources: Mapping[str, Source]) -> tuple[str, ...]:
    for name in names:
        if name not in sources:
            raise RulesError(f"{where}: unknown source {name}")
    return tuple(sources[name].address for name in names)


def _day(where: str, name: str, text: str | None) -> date | None:
    return None if text is None else _needed_day(where, name, text)


def _needed_day(where: str, name: str, text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as trouble:
        raise RulesError(f"{where}: {name}: {text!r} is no date") from trouble
