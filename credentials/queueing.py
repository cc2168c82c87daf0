"""What waits to be checked, oldest first, and the file of one line with every decision about it."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, Text, cast, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.models import Kind, LedgerEntry, LedgerReview, ReviewDecision, ReviewState
from credentials.profiling import is_reversed
from credentials.wording import PAYMENTS
from foundation.db import db
from foundation.errors import NotFound
from foundation.filters import hours


class Trainee(NamedTuple):
    """Whose line it is."""

    id: int
    name: str

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.name


class Waits(NamedTuple):
    """A line that waits, as a plain row; it answers as its entity would. `told`: its evidence, JSON as text."""

    id: int
    public_id: str
    user_id: int
    kind: Kind
    minutes: int
    core_minutes: int
    synchronous: bool
    on: date
    title: str
    recorded_at: datetime
    evidence_type: str
    evidence_ref: str
    told: str
    sent_at: datetime
    name: str

    @property
    def evidence(self) -> dict[str, Any]:
        return _read(self.told)

    @property
    def user(self) -> Trainee:
        return Trainee(self.user_id, self.name)


AnyLine = LedgerEntry | Waits


@lru_cache(1000)
def _read(told: str) -> dict[str, Any]:
    return dict(json.loads(told))


def columns() -> tuple[Any, ...]:
    """SQL: a line that waits, as `Waits` has it."""
    one = LedgerEntry
    figures = (one.id, one.public_id, one.user_id, one.kind, one.minutes, one.core_minutes, one.synchronous)
    told = (one.on, one.title, one.recorded_at, one.evidence_type, one.evidence_ref, cast(one.evidence, Text))
    return (*figures, *told, LedgerReview.sent_at, User.name)


@lru_cache(50)
def waiting(*, kind: str = "", words: str = "") -> Select[*tuple[Any, ...]]:
    """The lines that wait, oldest first, by kind and by the trainee's name or address."""
    query = (
        select(LedgerEntry, LedgerReview)
        .join(LedgerReview, LedgerReview.entry_id == LedgerEntry.id)
        .join(User, User.id == LedgerEntry.user_id)
        .where(LedgerReview.state == ReviewState.SENT, ~is_reversed(LedgerEntry.id))
        .options(joinedload(LedgerEntry.user).noload(User.roles))
        .order_by(LedgerReview.sent_at, LedgerReview.entry_id)
    )
    if kind in set(Kind):
        query = query.where(LedgerEntry.kind == Kind(kind))
    if words:
        query = query.where(User.name.ilike(f"%{words}%") | User.email.ilike(f"%{words}%"))
    return query


def line_for_staff(public_id: str) -> tuple[LedgerEntry, LedgerReview]:
    """A line with its review. Raises NotFound."""
    query = (
        select(LedgerEntry, LedgerReview)
        .join(LedgerReview, LedgerReview.entry_id == LedgerEntry.id)
        .where(LedgerEntry.public_id == public_id)
        .options(joinedload(LedgerEntry.user), joinedload(LedgerEntry.recorded_by))
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


def decisions_of(entry: LedgerEntry) -> list[ReviewDecision]:
    """Who decided what about a line, the newest first."""
    query = select(ReviewDecision).where(ReviewDecision.entry_id == entry.id).options(joinedload(ReviewDecision.actor))
    return list(db.session.scalars(query.order_by(ReviewDecision.id.desc())))


def reversal_of(entry: LedgerEntry) -> LedgerEntry | None:
    return db.session.scalar(select(LedgerEntry).where(LedgerEntry.reverses_id == entry.id))


def evidence_words(entry: AnyLine) -> list[str]:
    """A line's evidence in words: codes and figures, never the name of a client."""
    return [*_told(entry), *_from_a_passport(entry.evidence.get("passport"))]


def _from_a_passport(facts: dict[str, Any] | None) -> list[str]:
    """How the line stood at the school that signed it."""
    if not facts:
        return []
    checked = f"checked by {facts['school']}" + (f" on {facts['checked_on']}" if facts["checked_on"] else "")
    party = facts["confirmed"]
    return [checked, *([f"confirmed there by the {party['by']} on {party['on']}"] if party else [])]


def _told(entry: AnyLine) -> list[str]:
    facts = entry.evidence
    if entry.kind == Kind.COACHING:
        return _coaching(facts)
    if entry.kind == Kind.MENTOR:
        return _mentoring(facts)
    if entry.kind == Kind.CCE:
        return _continuing(entry)
    split = f"{hours(entry.core_minutes)} Core Competencies" if entry.core_minutes else "Resource Development"
    way = "synchronous" if entry.synchronous else "asynchronous"
    told = [split, way, entry.evidence_type.replace("_", " ")]
    return [*told, str(facts["note"])] if facts.get("note") else told


def _continuing(entry: AnyLine) -> list[str]:
    ethics, supervision = (int(entry.evidence.get(f"{kind}_minutes", 0)) for kind in ("ethics", "supervision"))
    core, resource = entry.core_minutes - ethics - supervision, entry.minutes - entry.core_minutes
    split = {"core": core, "ethics": ethics, "resource": resource, "supervision": supervision}
    told = [f"{hours(minutes)} {kind}" for kind, minutes in split.items() if minutes]
    return [*told, f"by {entry.evidence_ref}"] if entry.evidence_ref else told


def _coaching(facts: dict[str, Any]) -> list[str]:
    people = f"group of {facts.get('participants')}" if facts.get("format") == "group" else "individual"
    consent = {"given": "consent given", "refused": "consent refused", "covered_by_letter": "covered by a letter"}
    paid = {str(payment): words.lower() for payment, words in PAYMENTS.items()}
    told = [
        ", ".join(facts.get("clients", [])),
        people,
        paid.get(str(facts.get("payment")), ""),
        consent.get(str(facts.get("consent")), ""),
    ]
    return [words for words in told if words]


def _mentoring(facts: dict[str, Any]) -> list[str]:
    mentees = facts.get("mentees", 1)
    told = [f"mentor holds {facts.get('credential')}", "one-to-one" if mentees == 1 else f"{mentees} mentees"]
    if facts.get("specialization"):
        since = f" since {facts['specialization_since']}" if facts.get("specialization_since") else ""
        told.append(f"MCS-{facts['specialization']}{since}")
    if facts.get("confirmed_by") == "mentor":
        told.append("booked here, confirmed by the mentor")
    return [*told, "observed session"] if facts.get("observed") else told
