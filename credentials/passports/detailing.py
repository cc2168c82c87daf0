"""Detailing: what else a passport says of a line, so that another school can count it; no client's name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from credentials.mentor_coaching.holding import standing_facts
from credentials.models import (
    CceUnit,
    Client,
    CoachingSession,
    Confirmation,
    ConfirmationState,
    Kind,
    LedgerEntry,
    Mentor,
    MentorFact,
    MentorSession,
)
from foundation.db import db

Json = dict[str, Any]


def details_of(user_id: int) -> dict[int, Json]:
    """By ledger line: with whom, how it was paid, who mentored, what a unit taught. Four statements."""
    return _coaching(user_id) | _mentoring(user_id) | _units(user_id)


def confirmations_of(user_id: int) -> dict[int, str]:
    """By ledger line: the day on which the other party confirmed it, where they did and have not declined since."""
    query = select(Confirmation.entry_id, Confirmation.answered_at).where(
        Confirmation.user_id == user_id, Confirmation.state == ConfirmationState.CONFIRMED
    )
    return {entry_id: _day(at) for entry_id, at in db.session.execute(query.order_by(Confirmation.id)) if at}


def confirmation_of(entry: LedgerEntry, by_letter: dict[int, str]) -> Json | None:
    """Who beside the coach says that a session was, and since when: by letter, or a mentor who was booked."""
    party = {Kind.COACHING: "client", Kind.MENTOR: "mentor"}.get(entry.kind)
    if party and entry.id in by_letter:
        return {"by": party, "on": by_letter[entry.id]}
    if entry.kind == Kind.MENTOR and entry.evidence.get("confirmed_by") == "mentor":
        return {"by": "mentor", "on": _day(entry.recorded_at)}
    return None


def _coaching(user_id: int) -> dict[int, Json]:
    query = select(CoachingSession, Client).join(Client, Client.id == CoachingSession.client_id)
    found = db.session.execute(query.where(CoachingSession.user_id == user_id))
    return {session.entry_id: _session(session, client) for session, client in found}


def _session(session: CoachingSession, client: Client) -> Json:
    return {
        "client": client.code,
        "format": str(session.format),
        "participants": session.participants,
        "payment": str(session.payment),
        "consent": str(client.consent),
        "until": session.until.isoformat() if session.until else None,
        "starts_at": session.started_at.astimezone(UTC).isoformat() if session.started_at else None,
    }


def _mentoring(user_id: int) -> dict[int, Json]:
    loaded = joinedload(MentorSession.mentor).selectinload(Mentor.facts)
    found = db.session.scalars(select(MentorSession).where(MentorSession.user_id == user_id).options(loaded))
    return {session.entry_id: _mentor_session(session) for session in found}


def _mentor_session(session: MentorSession) -> Json:
    """What stands in the mentor's file goes along whole: another school judges each day by the rules of its own day."""
    return {
        "mentor": session.mentor.name,
        "mentees": session.mentees,
        "observed": session.observed,
        "held": held_by(session.mentor),
    }


def held_by(mentor: Mentor) -> list[Json]:
    """What stands in a mentor's file."""
    return [_fact(one) for one in standing_facts(mentor.facts)]


def _fact(fact: MentorFact) -> Json:
    first, last = fact.held_from, fact.held_until
    days = {"from": first.isoformat() if first else None, "until": last.isoformat() if last else None}
    return {"kind": str(fact.kind), "level": str(fact.level)} | days


def _units(user_id: int) -> dict[int, Json]:
    return {
        unit.entry_id: {
            "provider": unit.provider,
            "core": unit.core_minutes,
            "ethics": unit.ethics_minutes,
            "resource": unit.resource_minutes,
            "supervision": unit.supervision_minutes,
        }
        for unit in db.session.scalars(select(CceUnit).where(CceUnit.user_id == user_id))
    }


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()
