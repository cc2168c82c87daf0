"""What a passport's head and lines may hold. A signature says who wrote a thing, not that it makes sense. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from credentials.models import Kind, ReviewState
from credentials.passports.sealing import Json

MOST_MINUTES = 600_000
MOST_TEXT = 500


def odd_head(content: Json) -> str | None:
    """The name of what makes no sense in the head, if anything does not."""
    checks: dict[str, Callable[[Any], bool]] = {
        "number": _is_text,
        "issued_at": _is_moment,
        "holder": lambda it: isinstance(it, dict) and _is_text(it.get("name")),
        "issuer": lambda it: isinstance(it, dict) and all(_is_text(it.get(name)) for name in ("id", "name", "url")),
        "programs": lambda it: isinstance(it, list) and all(_is_program(one) for one in it),
        "minutes": lambda it: isinstance(it, list) and all(_is_sum(one) for one in it),
    }
    return next((name for name, fits in checks.items() if not fits(content[name])), None)


def makes_sense(line: Json) -> bool:
    """Whether a line holds minutes, a day and words that a line can hold."""
    minutes, core = line["minutes"], line["core_minutes"]
    evidence = line["evidence"]
    return (
        _is_whole(minutes)
        and _is_whole(core)
        and 0 < minutes <= MOST_MINUTES
        and core <= minutes
        and isinstance(line["synchronous"], bool)
        and _is_day(line["day"])
        and line["kind"] in set(Kind)
        and line["state"] in set(ReviewState)
        and _is_text(line["title"])
        and (line["program"] is None or _is_text(line["program"]))
        and (line["checked_on"] is None or _is_day(line["checked_on"]))
        and isinstance(evidence, dict)
        and _is_text(evidence.get("type"))
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MOST_TEXT


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_program(one: Any) -> bool:
    told = isinstance(one, dict) and all(_is_text(one.get(name)) for name in ("id", "title", "level"))
    return told and isinstance(one.get("completed"), bool)


def _is_sum(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and one.get("kind") in set(Kind)
        and all(_is_whole(one.get(name)) for name in ("checked", "waiting"))
    )
