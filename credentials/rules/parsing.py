"""Turns the JSON of rules into the rulebook's words. Every refusal names the place: file, rule set, key and field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast, get_args

from credentials.rules.model import Alternative, Change, Confidence, Holds, Key, Rule, RulesError, RuleSet, Source, Unit

_SET_FIELDS = {
    "id", "kind", "credential", "path", "serves", "effective_from", "effective_to", "selected_by", "rules",
    "note", "confidence_of_effective_from",
}  # fmt: skip
_RULE_FIELDS = {
    "key", "op", "value", "unit", "sources", "confidence", "note", "alternatives", "applies_by", "applies_from",
    "applies_to", "window_months", "window_anchor", "items", "minutes", "review_if_mentoring_ended_before",
}  # fmt: skip
_KEY_FIELDS = {"label", "use", "unit", "op", "holds", "known"}
_NEEDED = ("key", "op", "value", "unit", "sources", "confidence")
_USES = ("requirement", "method", "information", "provider")
_REVIEW = "review_if_mentoring_ended_before"

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)

Raw = Mapping[str, Any]


def key(name: str, raw: object) -> Key:
    """What a key means. Raises RulesError."""
    where = f"keys: {name}"
    told = fields(where, raw, _KEY_FIELDS, ("label", "use", "unit", "op", "holds"))
    return Key(
        name=name,
        label=text(where, "label", told["label"]),
        use=one_of(where, "use", told["use"], _USES),
        unit=one_of(where, "unit", told["unit"], get_args(Unit)),
        op=text(where, "op", told["op"]),
        holds=one_of(where, "holds", told["holds"], get_args(Holds)),
        known=texts(where, "known", told.get("known", [])),
    )


def source(name: str, raw: object) -> Source:
    """Where figures stand. Raises RulesError."""
    where, wanted = f"sources: {name}", ("address", "kind", "date")
    told = fields(where, raw, set(wanted), wanted)
    return Source(name, *(text(where, field, told[field]) for field in wanted))


def change(file: str, raw: object, sources: Mapping[str, Source]) -> Change:
    """A dated change in one sentence. Raises RulesError."""
    told = fields(f"{file}: changes", raw, {"on", "what", "sources"}, ("on", "what"))
    where = f"{file}: changes: {told['on']}"
    stands_at = addresses(where, told.get("sources", []), sources)
    return Change(needed_day(where, "on", told["on"]), text(where, "what", told["what"]), stands_at)


def rule_set(file: str, raw: object, sources: Mapping[str, Source]) -> RuleSet:
    """A set of rules with its first and last day. Raises RulesError."""
    called = raw.get("id", "a rule set without an id") if isinstance(raw, Mapping) else "a rule set"
    where = f"{file}: {called}"
    told = fields(where, raw, _SET_FIELDS, ("id", "kind", "credential", "path", "selected_by", "rules"))
    return RuleSet(
        id=text(where, "id", told["id"]),
        kind=text(where, "kind", told["kind"]),
        credential=text(where, "credential", told["credential"]),
        path=text(where, "path", told["path"]),
        serves=maybe_text(where, "serves", told.get("serves")),
        effective_from=day(where, "effective_from", told.get("effective_from")),
        effective_to=day(where, "effective_to", told.get("effective_to")),
        selected_by=text(where, "selected_by", told["selected_by"]),
        rules=tuple(rule(where, one, sources) for one in objects(where, "rules", told["rules"])),
        note=maybe_text(where, "note", told.get("note")),
        confidence_of_effective_from=maybe_text(
            where, "confidence_of_effective_from", told.get("confidence_of_effective_from")
        ),
    )


def rule(where: str, raw: Raw, sources: Mapping[str, Source]) -> Rule:
    """One figure. Its value is looked at by `checking`, which knows what the key holds. Raises RulesError."""
    where = f"{where}: {raw.get('key', 'a rule without a key')}"
    told = fields(where, raw, _RULE_FIELDS, _NEEDED)
    others = objects(where, "alternatives", told.get("alternatives", []))
    return Rule(
        key=text(where, "key", told["key"]),
        op=text(where, "op", told["op"]),
        value=told["value"],
        unit=text(where, "unit", told["unit"]),
        sources=addresses(where, told["sources"], sources),
        confidence=cast(Confidence, text(where, "confidence", told["confidence"])),
        note=maybe_text(where, "note", told.get("note")),
        alternatives=tuple(_alternative(where, other, sources) for other in others),
        applies_by=maybe_text(where, "applies_by", told.get("applies_by")),
        applies_from=day(where, "applies_from", told.get("applies_from")),
        applies_to=day(where, "applies_to", told.get("applies_to")),
        window_months=whole(where, "window_months", told.get("window_months")),
        window_anchor=maybe_text(where, "window_anchor", told.get("window_anchor")),
        items=whole(where, "items", told.get("items")),
        minutes=whole(where, "minutes", told.get("minutes")),
        review_if_mentoring_ended_before=day(where, _REVIEW, told.get(_REVIEW)),
    )


def _alternative(where: str, raw: Raw, sources: Mapping[str, Source]) -> Alternative:
    where, wanted = f"{where}: alternatives", ("value", "sources", "confidence")
    told = fields(where, raw, set(wanted), wanted)
    sure = text(where, "confidence", told["confidence"])
    return Alternative(told["value"], addresses(where, told["sources"], sources), cast(Confidence, sure))


def fields(where: str, raw: object, known: set[str], needed: Iterable[str]) -> Raw:
    """An object with no field that is not known, and none of the needed ones missing."""
    if not isinstance(raw, Mapping):
        raise RulesError(f"{where}: is no object")
    if unknown := sorted(set(raw) - known):
        raise RulesError(f"{where}: unknown field {unknown[0]}")
    if missing := [name for name in needed if name not in raw]:
        raise RulesError(f"{where}: lacks {missing[0]}")
    return raw


def text(where: str, name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise RulesError(f"{where}: {name}: {value!r} is no text")
    return value


def maybe_text(where: str, name: str, value: object) -> str | None:
    return None if value is None else text(where, name, value)


def texts(where: str, name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise RulesError(f"{where}: {name}: {value!r} is no list")
    return tuple(text(where, name, one) for one in value)


def objects(where: str, name: str, value: object) -> list[Raw]:
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise RulesError(f"{where}: {name}: is no list of objects")
    return value


def named(where: str, name: str, value: object) -> Raw:
    if not isinstance(value, Mapping):
        raise RulesError(f"{where}: {name}: is no object")
    return value


def one_of(where: str, name: str, value: object, words: tuple[str, ...]) -> Any:
    if value not in words:
        raise RulesError(f"{where}: {name}: {value!r} is none of {', '.join(words)}")
    return value


def whole(where: str, name: str, value: object) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise RulesError(f"{where}: {name}: {value!r} is no whole number above zero")
    return value


def addresses(where: str, names: object, sources: Mapping[str, Source]) -> tuple[str, ...]:
    """The addresses behind the names of sources."""
    wanted = texts(where, "sources", names)
    for name in wanted:
        if name not in sources:
            raise RulesError(f"{where}: unknown source {name}")
    return tuple(sources[name].address for name in wanted)


def day(where: str, name: str, value: object) -> date | None:
    return None if value is None else needed_day(where, name, value)


def needed_day(where: str, name: str, value: object) -> date:
    try:
        found = date.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as trouble:
        raise RulesError(f"{where}: {name}: {value!r} is no date") from trouble
    if not FIRST_DAY <= found <= LAST_DAY:
        raise RulesError(f"{where}: {name}: {value!r} is no day between {FIRST_DAY.year} and {LAST_DAY.year}")
    return found


def plain(where: str, raw: object) -> None:
    """Every text of a document can stand on a page: no control character in it. Raises RulesError."""
    if isinstance(raw, str) and (found := _CONTROL.search(raw)):
        raise RulesError(f"{where}: {found.group()!a} is a character that no page can show")
    if isinstance(raw, Mapping):
        plain(where, list(raw))
    if isinstance(raw, Mapping | list):
        for one in raw.values() if isinstance(raw, Mapping) else raw:
            plain(where, one)
