"""Rules in words: what a figure says, read off the data and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from credentials.rules.model import Rule

SIGNS = {">=": "At least", "<=": "At most"}


def rule_words(rule: Rule) -> str:
    """`At least 25 hours in the last 18 months`."""
    said = figure_words(rule)
    if rule.window_months:
        said += f" in the last {rule.window_months} months"
    if rule.applies_from:
        said += f" (from {rule.applies_from})"
    elif rule.applies_to:
        said += f" (until {rule.applies_to})"
    return said


def figure_words(rule: Rule) -> str:
    """`At least 100 hours`, `PCC or MCC`, `yes`."""
    value: Any = rule.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if rule.op == "range" and isinstance(value, list | tuple):
        return f"{value[0]:,} to {value[1]:,} {_unit(rule)}"
    if isinstance(value, list | tuple):
        return " or ".join(str(one).replace("_", " ") for one in value)
    if isinstance(value, int | float):
        return f"{SIGNS.get(rule.op, '')} {value:,} {_unit(rule)}".strip()
    if isinstance(value, Mapping):
        return ", ".join(f"{name.replace('_', ' ')} {amount:,} {_unit(rule)}" for name, amount in value.items())
    return str(value)


def _unit(rule: Rule) -> str:
    return rule.unit.split(",")[0]
