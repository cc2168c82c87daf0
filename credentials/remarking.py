"""What the engine remarks on, with each record by what its person knows it by: a title, or a day. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from foundation.filters import shown_date

_NAME = re.compile(r"[\w:+-]+")


def remarks(notices: Iterable[str], profile: Mapping[str, Any]) -> list[str]:
    """The notices of an assessment, with words in place of the names that a profile gives its records."""
    known = {record["id"]: (part, record) for part in _WORDS for record in profile.get(part, ())}

    def words(found: re.Match[str]) -> str:
        part, record = known.get(found.group(), ("", {}))
        return _WORDS[part](record) if part else found.group()

    return [_NAME.sub(words, notice) for notice in notices]


def _session(one: Mapping[str, Any]) -> str:
    first, last = one["on"], one.get("until") or one["on"]
    return f"the session of {_day(first)}" if first == last else f"the sessions from {_day(first)} to {_day(last)}"


def _day(text: str) -> str:
    return shown_date(date.fromisoformat(text))


_WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "education": lambda course: f"“{course['title']}”",
    "sessions": _session,
    "mentor_sessions": lambda one: f"the mentor session of {_day(one['on'])}",
    "continuing_education": lambda unit: f"the units of {_day(unit['on'])}",
}
