"""Reads Stripe's bracketed form bodies: `line_items[0][price_data][currency]=usd`."""

import re
from collections.abc import Iterable
from typing import Any

from payments.sandbox.errors import invalid

DEEPEST = 10
_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


def decode(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Nested dicts of strings; a list is a dict whose keys are its positions."""
    tree: dict[str, Any] = {}
    for key, value in pairs:
        match = _KEY.fullmatch(key)
        if match is None or key.count("[") > DEEPEST or "\x00" in key + value:
            raise invalid(f"Received unknown parameter: {key}", key, "parameter_unknown")
        steps = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        _place(tree, steps, value, key)
    return tree


def _place(tree: dict[str, Any], steps: list[str], value: str, key: str) -> None:
    here = tree
    for index, step in enumerate(steps[:-1]):
        if step == "":
            step = _open_row(here, steps[index + 1])
        here = here.setdefault(step, {})
        if not isinstance(here, dict):
            raise invalid(f"Invalid request: '{key}' is both a value and a group.", key)
    last = steps[-1] or str(len(here))
    if isinstance(here.get(last), dict):
        raise invalid(f"Invalid request: '{key}' is both a value and a group.", key)
    here[last] = value


def _open_row(rows: dict[str, Any], field: str) -> str:
    """`a[][x]=1&a[][y]=2` fills one row; a field that comes again opens the next."""
    if rows:
        last = str(len(rows) - 1)
        if isinstance(rows.get(last), dict) and field not in rows[last]:
            return last
    return str(len(rows))
