"""Writing what a file says: clients, sessions, ledger lines and reviews, a few statements for all of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select

from accounts.models import User
from credentials.coaching_log.importing.planning import Plan, person
from credentials.coaching_log.importing.rows import Entry
from credentials.coaching_log.logging_sessions import evidence_of, title_of
from credentials.models import Client, CoachingSession, Kind, LedgerEntry, LedgerReview, LogImport, Payment, ReviewState
from foundation.db import db, new_public_id
from foundation.secrets import encrypt


def write_plan(user: User, plan: Plan, taken: LogImport, *, at: datetime) -> None:
    """Every new entry becomes a session with its ledger line, in the trainee's hands until sent.

    The caller holds the lock on the trainee's row, so that two imports at once don't both write.
    """
    clients = _clients(user, plan, at)
    pieces = [(entry, clients[person(entry.name)], part) for entry in plan.new for part in entry.parts]
    names = [new_public_id() for _ in pieces]
    lines = [_line(user, name, *piece, at=at) for name, piece in zip(names, pieces, strict=True)]
    if not lines:
        return
    written = db.session.execute(insert(LedgerEntry).returning(LedgerEntry.id, LedgerEntry.source_key), lines)
    ids = {row.source_key: row.id for row in written}
    review = {"user_id": user.id, "state": ReviewState.LOGGED, "sent_at": None, "reason": ""}
    db.session.execute(insert(LedgerReview), [review | {"entry_id": entry_id} for entry_id in ids.values()])
    sessions = [
        _session(user, name, ids[_key(name)], *piece, taken=taken, at=at)
        for name, piece in zip(names, pieces, strict=True)
    ]
    db.session.execute(insert(CoachingSession), sessions)


def _clients(user: User, plan: Plan, at: datetime) -> dict[str, Client]:
    """The client of each person in the file; those who are not known yet get the next codes."""
    clients = dict(plan.clients)
    number = db.session.scalar(select(func.max(Client.number)).where(Client.user_id == user.id)) or 0
    for entry in plan.new:
        if person(entry.name) not in clients:
            number += 1
            clients[person(entry.name)] = _new_client(user, entry, number, at)
    db.session.flush()
    return clients


def _new_client(user: User, entry: Entry, number: int, at: datetime) -> Client:
    client = Client(
        user_id=user.id,
        number=number,
        sealed_name=encrypt(entry.name),
        sealed_contact=encrypt(entry.contact) if entry.contact else "",
        consent=entry.consent,
        consent_on=None,
        created_at=at,
    )
    db.session.add(client)
    return client


def _key(name: str) -> str:
    return f"coaching_session:{name}"


def _line(
    user: User, name: str, entry: Entry, client: Client, part: tuple[int, Payment], *, at: datetime
) -> dict[str, Any]:
    minutes, payment = part
    return {
        "public_id": new_public_id(),
        "user_id": user.id,
        "enrollment_id": None,
        "kind": Kind.COACHING,
        "minutes": minutes,
        "core_minutes": 0,
        "synchronous": True,
        "on": entry.on,
        "title": title_of(client.code, entry.people, entry.until),
        "recorded_at": at,
        "recorded_by_id": user.id,
        "evidence_type": "coaching_log",
        "evidence_ref": client.code,
        "evidence": evidence_of(
            client, entry.format, entry.people, payment, starts_at=_moment(user, entry), until=entry.until
        ),
        "reverses_id": None,
        "reason": "",
        "source_key": _key(name),
    }


def _session(
    user: User,
    name: str,
    entry_id: int,
    entry: Entry,
    client: Client,
    part: tuple[int, Payment],
    *,
    taken: LogImport,
    at: datetime,
) -> dict[str, Any]:
    minutes, payment = part
    return {
        "public_id": name,
        "user_id": user.id,
        "client_id": client.id,
        "entry_id": entry_id,
        "on": entry.on,
        "until": entry.until,
        "started_at": _moment(user, entry),
        "minutes": minutes,
        "format": entry.format,
        "participants": entry.people,
        "payment": payment,
        "sealed_notes": encrypt(entry.notes) if entry.notes else "",
        "replaces_id": None,
        "import_id": taken.id,
        "created_at": at,
    }


def _moment(user: User, entry: Entry) -> datetime | None:
    if entry.starts is None:
        return None
    return datetime.combine(entry.on, entry.starts, ZoneInfo(user.time_zone))
