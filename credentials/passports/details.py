"""What a line says beyond its minutes: with whom, how it was paid, who mentored, what a unit taught. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from credentials.models import Consent, FactKind, Format, Kind, Level, Payment

Json = dict[str, Any]
MOST_TEXT = 500
A_SITTING, A_UNIT, MOST_PEOPLE, MOST_FACTS = 720, 6000, 10_000, 200
TAUGHT = ("core", "ethics", "resource", "supervision")
PARTIES = frozenset({"client", "mentor"})


def details_fit(line: Json) -> bool:
    """Whether what a line says of itself is what one of its kind can say. In the first format it says nothing."""
    return _is_confirmation(line.get("confirmed")) and _details_fit(line, line.get("details"))


def _details_fit(line: Json, told: Any) -> bool:
    fits = FITTING.get(line["kind"])
    return told is None or (fits is not None and isinstance(told, dict) and fits(line, told))


def _coaching_fits(line: Json, told: Json) -> bool:
    until, starts = told.get("until"), told.get("starts_at")
    return (
        is_text(told.get("client"))
        and is_one_of(told.get("format"), Format)
        and is_one_of(told.get("payment"), Payment)
        and is_one_of(told.get("consent"), Consent)
        and _is_company(told.get("participants"))
        and (told["format"] == Format.GROUP or told["participants"] == 1)
        and (until is None or (is_day(until) and until >= line["day"]))
        and (until is not None or line["minutes"] <= A_SITTING)
        and (starts is None or is_moment(starts))
    )


def _mentoring_fits(line: Json, told: Json) -> bool:
    return (
        is_text(told.get("mentor"))
        and _is_company(told.get("mentees"))
        and isinstance(told.get("observed"), bool)
        and line["minutes"] <= A_SITTING
        and are_facts(told.get("held"))
    )


def are_facts(facts: Any) -> bool:
    """Whether this is what may stand in a mentor's file."""
    return isinstance(facts, list) and len(facts) <= MOST_FACTS and all(_is_fact(one) for one in facts)


def _is_company(people: Any) -> bool:
    return is_whole(people) and 1 <= int(people) <= MOST_PEOPLE


def _is_fact(one: Any) -> bool:
    if not isinstance(one, dict) or not is_one_of(one.get("kind"), FactKind) or not is_one_of(one.get("level"), Level):
        return False
    first, last = one.get("from"), one.get("until")
    known = all(day is None or is_day(day) for day in (first, last))
    return known and (first is None or last is None or bool(first <= last))


def _unit_fits(line: Json, told: Json) -> bool:
    taught: list[Any] = [told.get(name) for name in TAUGHT]
    provider = told.get("provider")
    return (
        all(is_whole(minutes) for minutes in taught)
        and sum(taught) == line["minutes"] <= A_UNIT
        and line["minutes"] - told["resource"] == line["core_minutes"]
        and (provider == "" or is_text(provider))
    )


FITTING: dict[str, Callable[[Json, Json], bool]] = {
    Kind.COACHING: _coaching_fits,
    Kind.MENTOR: _mentoring_fits,
    Kind.CCE: _unit_fits,
}


def _is_confirmation(told: Any) -> bool:
    return told is None or (isinstance(told, dict) and is_one_of(told.get("by"), PARTIES) and is_day(told.get("on")))


def is_one_of(value: Any, words: Iterable[str]) -> bool:
    """Whether it is one of the words; a list or an object, which no set can be asked for, is none."""
    return isinstance(value, str) and value in set(words)


def is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MOST_TEXT


def is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
