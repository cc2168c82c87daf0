"""What a trainee may take away: an audit pack as one zip, and all of the log as JSON."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.coaching_log.exporting import Listed, icf_csv, icf_rows, icf_xlsx, listed_sessions
from credentials.confirming.queries import WORDS, questions_of, state_of
from credentials.models import (
    Client,
    CoachingSession,
    Confirmation,
    Consent,
    Kind,
    LedgerEntry,
    LedgerReview,
    PeerHour,
)
from credentials.summing import COUNTED, EVERY, totals_of
from credentials.wording import CONSENTS, PAYMENTS, RELATIONS, STATES
from foundation.csvs import neutral
from foundation.db import db
from foundation.filters import decimal_hours, shown_date

SESSIONS = ("Code", "Client", "Day", "Until", "Minutes", "With", "People", "Paid how", "State", "Stands", "Line")
CONSENT = ("Code", "Client", "Contact", "Organisation", "Relation", "Consent", "Said so on", "Merged into")
CONFIRMATIONS = ("Line", "Day", "Title", "Asked of", "Asked at", "Answer", "Answered at", "Their word")
LINES = ("Line", "Day", "Kind", "Minutes", "Title", "Recorded at", "State", "Reverses line", "Reason", "Evidence")


def audit_pack(user: User, *, at: datetime) -> bytes:
    """One zip: ICF's log, each session, the consents, the ledger's lines, and a README with the pages' own sums."""
    sessions, clients, lines = _sessions(user), _clients(user), _lines(user)
    rows, listed = icf_rows(user), listed_sessions(user)
    parts = {
        "README.txt": _readme(user, sessions, listed, at).encode(),
        "icf-client-coaching-log.xlsx": icf_xlsx(rows),
        "icf-client-coaching-log.csv": icf_csv(rows),
        "sessions.csv": _csv(SESSIONS, [_session_cells(*one) for one in sessions]),
        "consents.csv": _csv(CONSENT, [_consent_cells(client) for client in clients]),
        "confirmations.csv": _csv(CONFIRMATIONS, [_confirmation_cells(one, at) for one in _confirmations(user, at)]),
        "ledger-lines.csv": _csv(LINES, [_line_cells(*one) for one in lines]),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data in parts.items():
            pack.writestr(name, data)
    return out.getvalue()


def my_data(user: User, *, at: datetime) -> bytes:
    """Everything that the log holds of a trainee, in clear, as JSON; sessions that were taken back too."""
    told = {
        "about": "Coaching log of " + user.name,
        "as_of": at.isoformat(),
        "clients": [_client_data(client) for client in _clients(user)],
        "sessions": [_session_data(*one) for one in _sessions(user)],
        "confirmations": [
            dict(zip(CONFIRMATIONS, map(_plain, _confirmation_cells(one, at)), strict=True))
            for one in _confirmations(user, at)
        ],
        "peer_hours_received": [_peer_data(one) for one in _peers(user)],
        "ledger_lines": [dict(zip(LINES, map(_plain, _line_cells(*one)), strict=True)) for one in _lines(user)],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _sessions(user: User) -> list[tuple[CoachingSession, LedgerReview, bool]]:
    taken_back = select(LedgerEntry.reverses_id).where(
        LedgerEntry.user_id == user.id, LedgerEntry.reverses_id.is_not(None)
    )
    query = (
        select(CoachingSession, LedgerReview, CoachingSession.entry_id.in_(taken_back))
        .join(LedgerReview, LedgerReview.entry_id == CoachingSession.entry_id)
        .where(CoachingSession.user_id == user.id)
        .options(joinedload(CoachingSession.client), joinedload(CoachingSession.entry))
        .order_by(CoachingSession.on, CoachingSession.id)
    )
    return [(session, review, bool(back)) for session, review, back in db.session.execute(query)]


def _clients(user: User) -> Sequence[Client]:
    return db.session.scalars(select(Client).where(Client.user_id == user.id).order_by(Client.number)).all()


def _confirmations(user: User, at: datetime) -> Sequence[Confirmation]:
    """What the other parties of coaching sessions said, of lines that stand."""
    query = questions_of(user.id, "", at).join(LedgerEntry).where(LedgerEntry.kind == Kind.COACHING)
    return db.session.scalars(query).all()


def _peers(user: User) -> Sequence[PeerHour]:
    return db.session.scalars(select(PeerHour).where(PeerHour.user_id == user.id).order_by(PeerHour.id)).all()


def _lines(user: User) -> list[tuple[LedgerEntry, LedgerReview]]:
    """The ledger's lines of coaching with their reviews; a reversal stands where its line stands."""
    joined = LedgerReview.entry_id == func.coalesce(LedgerEntry.reverses_id, LedgerEntry.id)
    query = select(LedgerEntry, LedgerReview).join(LedgerReview, joined).options(joinedload(LedgerEntry.reverses))
    query = query.where(LedgerEntry.user_id == user.id, LedgerEntry.kind == Kind.COACHING).order_by(LedgerEntry.id)
    return [(entry, review) for entry, review in db.session.execute(query)]


def _readme(
    user: User, sessions: list[tuple[CoachingSession, LedgerReview, bool]], listed: Listed, at: datetime
) -> str:
    totals = totals_of(user.id)
    standing = [session for session, _, back in sessions if not back]
    lines = [
        f"Coaching log of {user.name}, as of {shown_date(at)}",
        "",
        f"Logged, on the page of the log:   {_both(totals.minutes(Kind.COACHING, COUNTED))}",
        f"with what was returned to me:     {_both(totals.minutes(Kind.COACHING, EVERY))}",
        f"Sessions and runs that stand:     {len(standing)}",
        f"In ICF's log:                     {_both(sum(one.minutes for one in listed.sessions))}",
        f"Left off ICF's log (no consent):  {_both(listed.refused)}",
        f"Left off ICF's log (returned):    {_both(listed.returned)}",
        "",
        "icf-client-coaching-log  one row a client, as ICF asks, without clients who refused",
        "sessions.csv             each session with its day, and whether it was taken back",
        "consents.csv             each client and what they said about standing in the log",
        "confirmations.csv        whom I asked to confirm a session, and what they answered",
        "ledger-lines.csv         the ledger: nothing is edited, a mistake is reversed by a second line",
        "",
        "This file holds names of third parties. Keep it as you keep your clients' trust.",
        "",
    ]
    return "\n".join(lines)


def _both(minutes: int) -> str:
    return f"{minutes} minutes ({decimal_hours(minutes)} h)"


def _session_cells(session: CoachingSession, review: LedgerReview, back: bool) -> list[Any]:
    shape = [session.minutes, str(session.format), session.participants, PAYMENTS[session.payment]]
    days = [session.on, session.until or ""]
    state = [STATES[review.state][0], "no: taken back" if back else "yes", session.entry.public_id]
    return [session.client.code, session.client.name, *days, *shape, *state]


def _consent_cells(client: Client) -> list[Any]:
    merged = client.merged_into.code if client.merged_into else ""
    said = [CONSENTS[client.consent], client.consent_on or "", merged]
    return [client.code, client.name, client.contact, client.organisation, RELATIONS[client.relation], *said]


def _confirmation_cells(one: Confirmation, at: datetime) -> list[Any]:
    answered = one.answered_at.isoformat() if one.answered_at else ""
    line = [one.entry.public_id, one.entry.on, one.entry.title]
    return [*line, one.address, one.asked_at.isoformat(), WORDS[state_of(one, at)][0], answered, one.word]


def _line_cells(entry: LedgerEntry, review: LedgerReview) -> list[Any]:
    reverses = entry.reverses.public_id if entry.reverses else ""
    facts = [entry.recorded_at.isoformat(), STATES[review.state][0], reverses, entry.reason]
    return [entry.public_id, entry.on, str(entry.kind), entry.minutes, entry.title, *facts, json.dumps(entry.evidence)]


def _client_data(client: Client) -> dict[str, Any]:
    return {
        "code": client.code,
        "name": client.name,
        "contact": client.contact,
        "organisation": client.organisation,
        "relation": str(client.relation),
        "consent": str(client.consent),
        "consent_on": _plain(client.consent_on),
        "listed_in_icf_log": client.consent != Consent.REFUSED,
        "forgotten_at": _plain(client.forgotten_at),
        "merged_into": client.merged_into.code if client.merged_into else None,
    }


def _session_data(session: CoachingSession, review: LedgerReview, back: bool) -> dict[str, Any]:
    return {
        "id": session.public_id,
        "client": session.client.code,
        "on": _plain(session.on),
        "until": _plain(session.until),
        "started_at": _plain(session.started_at),
        "minutes": session.minutes,
        "format": str(session.format),
        "participants": session.participants,
        "payment": str(session.payment),
        "notes": session.notes,
        "state": str(review.state),
        "taken_back": back,
        "ledger_line": session.entry.public_id,
    }


def _peer_data(one: PeerHour) -> dict[str, Any]:
    return {"id": one.public_id, "on": _plain(one.on), "minutes": one.minutes, "peer": one.peer}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([header, *([neutral(_plain(cell)) for cell in row] for row in rows)])
    return text.getvalue().encode("utf-8-sig")
