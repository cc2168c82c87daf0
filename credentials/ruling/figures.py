"""The numbers of a draft as fields of a form: read from the document, and written back into it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from credentials.rules import RuleBook


@dataclass(frozen=True)
class Figure:
    """One number of one rule: where it stands in the document, and how the form calls it."""

    rule_set: int
    rule: int
    key: str
    label: str
    unit: str
    value: int | float

    @property
    def name(self) -> str:
        return f"figure_{self.rule_set}_{self.rule}"


def figures_of(document: Mapping[str, Any], book: RuleBook) -> list[Figure]:
    """Every rule whose value is one number."""
    return [
        Figure(place, number, rule["key"], _label(document, book, rule), rule["unit"].split(",")[0], rule["value"])
        for place, raw in enumerate(document["rule_sets"])
        for number, rule in enumerate(raw["rules"])
        if isinstance(rule["value"], int | float) and not isinstance(rule["value"], bool)
    ]


def _label(document: Mapping[str, Any], book: RuleBook, rule: Mapping[str, Any]) -> str:
    """What the key is called: by the draft itself, by the book, or, where its version was taken back, by nobody."""
    own, known = document.get("keys", {}).get(rule["key"]), book.keys.get(rule["key"])
    label = own["label"] if own else known.label if known else rule["key"]
    return f"{label}, last {rule['window_months']} months" if rule.get("window_months") else label


def with_figures(
    document: Mapping[str, Any], values: Mapping[str, int | float], source: Mapping[str, str] | None, book: RuleBook
) -> dict[str, Any]:
    """The document with other numbers. Those that differ stand at `source` from now on, where one is named."""
    changed = deepcopy(dict(document))
    name = _free_name(changed, book) if source else ""
    touched = False
    for place, raw in enumerate(changed["rule_sets"]):
        for number, rule in enumerate(raw["rules"]):
            value = values.get(f"figure_{place}_{number}", rule["value"])
            if value == rule["value"]:
                continue
            rule["value"], touched = value, True
            if source:
                rule["sources"] = [name]
    if source and touched:
        changed["sources"] = {**changed.get("sources", {}), name: dict(source)}
    return changed


def _free_name(document: Mapping[str, Any], book: RuleBook) -> str:
    taken = {**book.sources, **document.get("sources", {})}
    return next(name for n in range(1, 1000) if (name := f"school-{n}") not in taken)


def plain(text: str) -> int | float:
    """`120` or `7.5`. Raises ValueError."""
    value = float(text)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return int(value) if value.is_integer() else value
