"""Writing what a file says: clients, sessions, ledger lines and reviews, a few statements for all of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Date, DateTime, String, column, func, insert, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from accounts.models import User
from credentials.coaching_log.importing.planning import Plan, person
from credentials.coaching_log.importing.rows import Entry
from credentials.coaching_log.logging_sessions import evidence_of, title_of
from credentials.models import Client, CoachingSession, Kind, LedgerEntry, LedgerReview, LogImport, Payment, ReviewState
from foundation.db import db, new_public_id
from foundation.secrets import encrypt

COLUMNS: dict[str, Any] = {
    **dict.fromkeys(("name", "line", "code", "title", "format", "payment", "sealed_notes"), String()),
    **dict.fromkeys(("place", "client_id", "minutes", "participants"), BigInteger()),
    **dict.fromkeys(("on", "until"), Date()),
    "started_at": DateTime(timezone=True),
    "evidence": JSONB(),
}


def write_plan(user: User, plan: Plan, taken: LogImport, *, at: datetime) -> None:
    """Every new entry becomes a session with its ledger line, in the trainee's hands until sent.

    The caller holds the lock on the trainee's row, so that two imports at once don't both write.
    """
    clients = _clients(user, plan, at)
    pieces = [(entry, clients[person(entry.name)], part) for entry in plan.new for part in entry.parts]
    names = [new_public_id() for _ in pieces]
    rows = [
        _row(user, name, *piece) | {"place": place}
        for place, (name, piece) in enumerate(zip(names, pieces, strict=True))
    ]
    if rows:
        told = told_rows(rows, **COLUMNS)
        _write_lines(user, told, at)
        _write_sessions(user, told, taken, at)


def told_rows(rows: list[dict[str, Any]], **columns: Any) -> Any:
    """Many rows as one value of a statement, which then costs no parameter for each of their fields.

    A statement that joins them writes in whatever order the database finds best: say ORDER BY where the order stays.
    """
    told = func.jsonb_to_recordset(literal(rows, JSONB()))
    return told.table_valued(*(column(name, kind) for name, kind in columns.items())).render_derived(with_types=True)


def _write_lines(user: User, told: Any, at: datetime) -> None:
    """The lines and, for each, its review: in its trainee's hands."""
    kinds = LedgerEntry.__table__.c
    values = {
        "public_id": told.c.line,
        "user_id": literal(user.id, BigInteger()),
        "kind": literal(Kind.COACHING, kinds.kind.type),
        "minutes": told.c.minutes,
        "core_minutes": literal(0),
        "synchronous": literal(True),
        "on": told.c.on,
        "title": told.c.title,
        "recorded_at": literal(at, kinds.recorded_at.type),
        "recorded_by_id": literal(user.id, BigInteger()),
        "evidence_type": literal("coaching_log"),
        "evidence_ref": told.c.code,
        "evidence": told.c.evidence,
        "reason": literal(""),
        "source_key": _key(told.c.name),
    }
    db.session.execute(insert(LedgerEntry).from_select(list(values), select(*values.values()).order_by(told.c.place)))
    review = {
        "entry_id": LedgerEntry.id,
        "user_id": LedgerEntry.user_id,
        "state": literal(ReviewState.LOGGED, LedgerReview.__table__.c.state.type),
        "reason": literal(""),
    }
    picked = select(*review.values()).join(told, LedgerEntry.source_key == _key(told.c.name))
    db.session.execute(insert(LedgerReview).from_select(list(review), picked))


def _write_sessions(user: User, told: Any, taken: LogImport, at: datetime) -> None:
    same = ("client_id", "on", "until", "started_at", "minutes", "format", "participants", "payment", "sealed_notes")
    values = {name: told.c[name] for name in same} | {
        "public_id": told.c.name,
        "user_id": literal(user.id, BigInteger()),
        "entry_id": LedgerEntry.id,
        "import_id": literal(taken.id, BigInteger()),
        "created_at": literal(at, CoachingSession.__table__.c.created_at.type),
    }
    picked = select(*values.values()).join(told, LedgerEntry.source_key == _key(told.c.name))
    db.session.execute(insert(CoachingSession).from_select(list(values), picked.order_by(told.c.place)))


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


def _key(name: Any) -> Any:
    return func.concat("coaching_session:", name)


def _row(user: User, name: str, entry: Entry, client: Client, part: tuple[int, Payment]) -> dict[str, Any]:
    """A session and its line. What is written as it is has the name of its column."""
    minutes, payment = part
    starts, until = _moment(user, entry), entry.until
    return {
        "name": name,
        "line": new_public_id(),
        "client_id": client.id,
        "code": client.code,
        "on": entry.on.isoformat(),
        "until": until.isoformat() if until else None,
        "started_at": starts.isoformat() if starts else None,
        "minutes": minutes,
        "format": entry.format,
        "participants": entry.people,
        "payment": payment,
        "title": title_of(client.code, entry.people, until),
        "evidence": evidence_of(client, entry.format, entry.people, payment, starts_at=starts, until=until),
        "sealed_notes": encrypt(entry.notes) if entry.notes else "",
    }


def _moment(user: User, entry: Entry) -> datetime | None:
    if entry.starts is None:
        return None
    return datetime.combine(entry.on, entry.starts, ZoneInfo(user.time_zone))
