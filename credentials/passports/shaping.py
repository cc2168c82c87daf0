"""What a passport's head and lines may hold. A signature says who wrote a thing, not that it makes sense. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from credentials.models import Kind, Level, ReviewState
from credentials.passports.details import (
    A_SITTING,
    are_facts,
    details_fit,
    is_day,
    is_moment,
    is_one_of,
    is_text,
    is_whole,
)
from credentials.passports.sealing import Json

MOST_MINUTES = 600_000
PEER_RECEIVED, REVIEW = "peer_received", "competency_review"


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
        and is_one_of(line["kind"], Kind)
        and is_one_of(line["state"], ReviewState)
        and is_text(line["title"])
        and (line["program"] is None or is_text(line["program"]))
        and (line["checked_on"] is None or is_day(line["checked_on"]))
        and isinstance(evidence, dict)
        and is_text(evidence.get("type"))
        and details_fit(line)
    )


def beside_makes_sense(one: Json) -> bool:
    """Whether what stands beside the lines is a session received from a peer, or a signed review."""
    fits = {PEER_RECEIVED: _is_received, REVIEW: _is_review}
    known = is_one_of(one["kind"], fits) and is_day(one["day"]) and isinstance(one["told"], dict)
    return known and fits[one["kind"]](one["told"])


def _is_received(told: Json) -> bool:
    return set(told) == {"minutes"} and is_whole(told["minutes"]) and 1 <= told["minutes"] <= A_SITTING


def _is_review(told: Json) -> bool:
    return (
        set(told) == {"level", "framework", "mentor", "held", "document"}
        and is_one_of(told["level"], Level)
        and is_text(told["framework"])
        and is_text(told["mentor"])
        and is_text(told["document"])
        and are_facts(told["held"])
    )


def _is_program(one: Any) -> bool:
    told = isinstance(one, dict) and all(is_text(one.get(name)) for name in ("id", "title", "level"))
    return told and isinstance(one.get("completed"), bool)


def _is_sum(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and is_one_of(one.get("kind"), Kind)
        and all(is_whole(one.get(name)) for name in ("checked", "waiting"))
    )
