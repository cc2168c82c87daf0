"""A trial of new rules: the engine reads a person of each kind under them before anybody else is read under them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from credentials.evaluating import evaluate
from credentials.rules import Document, RuleBook, RulesError, RuleSet

PATHS = ("level", "portfolio", "renewal")


def tried(book: RuleBook, document: Document) -> RuleBook:
    """The same book. Raises RulesError naming the rule set under which the engine could not read a profile."""
    names = dict.fromkeys(raw["id"] for _, raw in document.rule_sets)
    for name in names:
        for rule_set in _read_under(book, book.rule_sets[name]):
            for profile in _profiles(rule_set):
                _try(book, profile, f"{document.name}: {name}")
    return book


def _read_under(book: RuleBook, rule_set: RuleSet) -> list[RuleSet]:
    """The set itself where applications are read under it; for the counting of hours, every set that may use it."""
    if rule_set.serves:
        return [rule_set]
    if rule_set.kind != "hours_accounting":
        return []
    return [s for s in book.rule_sets.values() if s.serves and s.effective_to is None]


def _try(book: RuleBook, profile: dict[str, Any], where: str) -> None:
    try:
        evaluate(profile, book)
    except Exception as trouble:
        raise RulesError(f"{where}: the engine cannot read a person under these rules: {trouble!r}") from trouble


def _profiles(rule_set: RuleSet) -> Iterator[dict[str, Any]]:
    day = rule_set.effective_from or rule_set.effective_to or date(2026, 1, 1)
    yield _profile(rule_set, day, [], [], [])
    yield _profile(rule_set, day, [_course(day)], [_session(day)], [_mentoring(day)])
    if rule_set.serves == "renewal":
        for expired in (-300, 30, 200):
            yield _profile(rule_set, day, [], [], [_mentoring(day)]) | {
                "credentials_held": [_held(rule_set, day - timedelta(days=expired))],
                "continuing_education": [_unit(day)],
            }


def _profile(rule_set: RuleSet, day: date, *records: list[dict[str, Any]]) -> dict[str, Any]:
    named = dict(zip(("education", "sessions", "mentor_sessions"), records, strict=True))
    return {
        "credential": rule_set.credential,
        "path": rule_set.serves,
        "apply_on": day.isoformat(),
        "recordings": 1,
        **named,
    }


def _course(day: date) -> dict[str, Any]:
    return {
        "id": "course",
        "title": "A course",
        "accreditation": "level2",
        "starts_on": (day - timedelta(days=400)).isoformat(),
        "ends_on": (day - timedelta(days=200)).isoformat(),
        "completed": True,
        "minutes": 8000,
        "core_minutes": 7000,
        "synchronous_minutes": 6000,
    }


def _session(day: date) -> dict[str, Any]:
    on = (day - timedelta(days=100)).isoformat()
    return {"id": "s", "on": on, "minutes": 60, "clients": ["a"], "participants": 20, "payment": "peer_exchange"}


def _mentoring(day: date) -> dict[str, Any]:
    mentor = {"name": "A mentor", "credential": "ACC", "renewed": True, "specialization": "PCC"}
    return {"id": "m", "on": (day - timedelta(days=90)).isoformat(), "minutes": 60, "mentees": 3, "mentor": mentor}


def _held(rule_set: RuleSet, expires: date) -> dict[str, Any]:
    awarded = expires - timedelta(days=1095)
    return {
        "credential": rule_set.credential,
        "awarded_on": awarded.isoformat(),
        "expires_on": expires.isoformat(),
    }


def _unit(day: date) -> dict[str, Any]:
    return {"id": "u", "on": (day - timedelta(days=100)).isoformat(), "minutes": 600, "category": "core"}
