"""What a passport's head and lines may hold. A signature says who wrote a thing, not that it makes sense. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from credentials.models import Kind, ReviewState
from credentials.passports.details import details_fit, is_day, is_moment, is_text, is_whole
from credentials.passports.sealing import Json

MOST_MINUTES = 600_000


def odd_head(content: Json) -> str | None:
    """The name of what makes no sense in the head, if anything does not."""
    checks: dict[str, Callable[[Any], bool]] = {
        "number": is_text,
        "issued_at": is_moment,
        "holder": lambda it: isinstance(it, dict) and is_text(it.get("name")),
        "issuer": lambda it: isinstance(it, dict) and all(is_text(it.get(name)) for name in ("id", "name", "url")),
        "programs": lambda it: isinstance(it, list) and all(_is_program(one) for one in it),
        "minutes": lambda it: isinstance(it, list) and all(_is_sum(one) for one in it),
    }
    return next((name for name, fits in checks.items() if not fits(content[name])), None)


def makes_sense(line: Json) -> bool:
    """Whether a line holds minutes, a day and words that a line can hold."""
    minutes, core = line["minutes"], line["core_minutes"]
    evidence = line["evidence"]
    return (
        is_whole(minutes)
        and is_whole(core)
        and 0 < minutes <= MOST_MINUTES
        and core <= minutes
        and isinstance(line["synchronous"], bool)
        and is_day(line["day"])
        and line["kind"] in set(Kind)
        and line["state"] in set(ReviewState)
        and is_text(line["title"])
        and (line["program"] is None or is_text(line["program"]))
        and (line["checked_on"] is None or is_day(line["checked_on"]))
        and isinstance(evidence, dict)
        and is_text(evidence.get("type"))
        and details_fit(line)
    )


def _is_program(one: Any) -> bool:
    told = isinstance(one, dict) and all(is_text(one.get(name)) for name in ("id", "title", "level"))
    return told and isinstance(one.get("completed"), bool)


def _is_sum(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and one.get("kind") in set(Kind)
        and all(is_whole(one.get(name)) for name in ("checked", "waiting"))
    )
