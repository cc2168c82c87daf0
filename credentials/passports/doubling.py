"""Doubling: which lines of a passport stand here already, so that no hour is counted twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from credentials.models import ClaimState, CoachingSession, Kind, LedgerEntry, Payment, PriorLearning
from credentials.passports.sealing import Json
from credentials.recalling import is_reversed
from foundation.db import db

FROM_A_PASSPORT = "passport"
NAMED = frozenset({Kind.EDUCATION, Kind.CCE})
"""Kinds of which two on one day and of one length are the same only where their names are."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A line that stands here, as far as it can be compared with one of a passport."""

    kind: str
    on: date
    until: date | None
    minutes: int
    title: str
    is_free: bool
    starts_at: datetime | None


def doubles_of(user_id: int, content: Json, lines: Iterable[Json]) -> dict[str, str]:
    """By the name of a line: what here it would count again. Each line here answers for one of the passport.

    What came from the same school by passport is not looked at: its lines are known by their names.
    """
    standing = _standing(user_id, content["issuer"]["id"])
    claims = _claims(user_id, content["issuer"]["name"])
    found: dict[str, str] = {}
    for line in lines:
        if reason := _claimed(line, claims) or _again(line, standing):
            found[line["id"]] = reason
    return found


def _again(line: Json, standing: list[Standing]) -> str | None:
    same = next((one for one in standing if _is_same(line, one)), None)
    if same is not None:
        standing.remove(same)
        return "it stands in your ledger here already: same day, same length"
    if line["kind"] == Kind.COACHING and any(_is_inside(line, one) for one in standing):
        return "your log here has a run of sessions over these days, which would count it again; undo that import first"
    return None


def _is_same(line: Json, one: Standing) -> bool:
    told: Mapping[str, Any] = line.get("details") or {}
    day, until = date.fromisoformat(line["day"]), told.get("until")
    if (one.kind, one.on, one.minutes) != (line["kind"], day, line["minutes"]):
        return False
    if line["kind"] in NAMED:
        return one.title.casefold() == str(line["title"]).casefold()
    if line["kind"] != Kind.COACHING:
        return True
    began = told.get("starts_at")
    return (
        one.until == (date.fromisoformat(until) if until else None)
        and one.is_free == (told.get("payment") == Payment.PRO_BONO)
        and (began is None or one.starts_at is None or datetime.fromisoformat(began) == one.starts_at)
    )


def _is_inside(line: Json, one: Standing) -> bool:
    """A run is known by its sum alone: what lies in its days may be in it."""
    first = date.fromisoformat(line["day"])
    last = date.fromisoformat((line.get("details") or {}).get("until") or line["day"])
    return one.until is not None and one.on <= last and first <= one.until


def _claimed(line: Json, claims: Iterable[tuple[date, date]]) -> str | None:
    if line["kind"] != Kind.EDUCATION:
        return None
    day = date.fromisoformat(line["day"])
    inside = any(first <= day <= last for first, last in claims)
    return "you claimed this school's hours of these days before, with another document" if inside else None


def _standing(user_id: int, issuer: str) -> list[Standing]:
    one = LedgerEntry
    came_along = (one.evidence_type == FROM_A_PASSPORT) & (one.evidence["passport"]["issuer"].astext == issuer)
    told = (one.kind, one.on, one.minutes, one.title)
    query = (
        select(*told, CoachingSession.until, CoachingSession.payment, CoachingSession.started_at)
        .outerjoin(CoachingSession, CoachingSession.entry_id == one.id)
        .where(one.user_id == user_id, one.reverses_id.is_(None), ~is_reversed(one.id), ~came_along)
        .order_by(one.id)
    )
    return [_stands(row) for row in db.session.execute(query)]


def _stands(row: Row[*tuple[Any, ...]]) -> Standing:
    kind, on, minutes, title, until, payment, starts_at = row
    return Standing(str(kind), on, until, minutes, title, payment == Payment.PRO_BONO, starts_at)


def _claims(user_id: int, school: str) -> list[tuple[date, date]]:
    """The days of this school's courses that were claimed with a document of another kind."""
    stands = PriorLearning.state.in_((ClaimState.HANDED_IN, ClaimState.APPROVED))
    query = select(PriorLearning.provider, PriorLearning.first_on, PriorLearning.last_on)
    found = db.session.execute(query.where(PriorLearning.user_id == user_id, PriorLearning.signer == "", stands))
    return [(first, last) for provider, first, last in found if provider.casefold() == school.casefold()]
