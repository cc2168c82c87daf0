"""Logging a session: one row for the trainee, one line for the ledger, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.awarding import reverse, write_line
from credentials.models import Client, CoachingSession, Format, Kind, Payment, ReviewState
from credentials.profiling import is_reversed
from foundation.db import db, new_public_id
from foundation.errors import NotFound, Refused
from foundation.filters import shown_time
from foundation.secrets import encrypt

LONGEST = 720


@dataclass(frozen=True, slots=True)
class Told:
    """What a trainee tells about a session. `minutes` whole minutes of live coaching; `starts` in the coach's zone."""

    client: Client
    on: date
    minutes: int
    format: Format
    participants: int
    payment: Payment
    starts: time | None = None
    notes: str = ""


def log_session(
    user: User, told: Told, *, at: datetime, once: str | None = None, replaces: CoachingSession | None = None
) -> CoachingSession:
    """Write a session and its ledger line, which waits in the trainee's hands until sent. Raises Refused.

    `once` is the name that the form or the phone gave it (at most 36 signs); ask `logged_already` first.
    """
    _check(user, told, at)
    name = new_public_id()
    entry = write_line(
        user_id=user.id,
        enrollment_id=None,
        kind=Kind.COACHING,
        minutes=told.minutes,
        core_minutes=0,
        synchronous=True,
        on=told.on,
        title=title_of(told.client.code, told.participants, None),
        evidence=_evidence(user, told),
        source_key=f"coaching_session:{name}",
        at=at,
        actor=user,
        state=ReviewState.LOGGED,
    )
    session = CoachingSession(
        public_id=name,
        user_id=user.id,
        client_id=told.client.id,
        entry_id=entry.id,
        on=told.on,
        started_at=moment_of(user, told),
        minutes=told.minutes,
        format=told.format,
        participants=told.participants,
        payment=told.payment,
        sealed_notes=encrypt(told.notes) if told.notes else "",
        replaces_id=replaces.id if replaces else None,
        import_id=replaces.import_id if replaces else None,
        once=once,
        created_at=at,
    )
    db.session.add(session)
    db.session.flush()
    return session


def correct(session: CoachingSession, told: Told, *, user: User, at: datetime) -> CoachingSession:
    """Mend a session: the old line is reversed and a new one logged, and the history says so."""
    _check(user, told, at)
    one_at_a_time(user)
    session_of(user, session.public_id)
    reverse(session.entry, "Corrected by its coach", user, at)
    return log_session(user, told, at=at, replaces=session)


def take_back(session: CoachingSession, *, user: User, at: datetime, reason: str = "Undone by its coach") -> None:
    """Undo a session. Done twice it is done once."""
    reverse(session.entry, reason, user, at)


def session_of(user: User, public_id: str) -> CoachingSession:
    """One's own session that still stands; anybody else's, or one that was taken back, is not found."""
    found = db.session.scalar(
        select(CoachingSession)
        .where(CoachingSession.public_id == public_id, CoachingSession.user_id == user.id)
        .where(~is_reversed(CoachingSession.entry_id))
        .options(joinedload(CoachingSession.client), joinedload(CoachingSession.entry))
    )
    if found is None:
        raise NotFound
    return found


def logged_already(user: User, once: str) -> CoachingSession | None:
    """The trainee's session that was sent under this name before, were it a blink ago from another tab."""
    one_at_a_time(user)
    own = (CoachingSession.user_id == user.id, CoachingSession.once == once)
    return db.session.scalar(select(CoachingSession).where(*own).options(joinedload(CoachingSession.client)))


def one_at_a_time(user: User) -> None:
    """Hold the trainee's own row until the transaction ends: two tabs, two imports, two phones go one by one."""
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update(key_share=True))


def _check(user: User, told: Told, at: datetime) -> None:
    today = at.astimezone(ZoneInfo(user.time_zone)).date()
    if told.client.user_id != user.id:
        raise NotFound
    if told.on > today:
        raise Refused("This day has not come yet. Log a session once it has taken place.", field="on")
    if (began := moment_of(user, told)) and began > at:
        clock = shown_time(at, user.time_zone)
        raise Refused(f"This time has not come yet: in your zone it is {clock}.", field="starts")
    if told.on.year < 1990:
        raise Refused("Look at the year again.", field="on")
    if not 1 <= told.minutes <= LONGEST:
        raise Refused("A session has between 1 minute and 12 hours.", field="other_minutes")
    if told.format == Format.GROUP and told.participants < 2:
        raise Refused("A group has at least two people.", field="participants")


def title_of(code: str, participants: int, until: date | None) -> str:
    """What the ledger calls a line of coaching: codes alone, never a name."""
    if until is not None:
        whom = f"{code}, a group of {participants}" if participants > 1 else code
        return f"Coaching with {whom}, until {until.isoformat()}"
    if participants > 1:
        return f"Group session of {participants}, {code}"
    return f"Session with {code}"


def moment_of(user: User, told: Told) -> datetime | None:
    """When a session began, where the coach said so."""
    if told.starts is None:
        return None
    return datetime.combine(told.on, told.starts, ZoneInfo(user.time_zone))


def _evidence(user: User, told: Told) -> dict[str, object]:
    return evidence_of(told.client, told.format, told.participants, told.payment, starts_at=moment_of(user, told))


def evidence_of(
    client: Client,
    shape: Format,
    participants: int,
    payment: Payment,
    *,
    starts_at: datetime | None,
    until: date | None = None,
) -> dict[str, object]:
    """Figures and codes for the reviewer. `until` says that only the sum of a run is known."""
    return {
        "type": "coaching_log",
        "ref": client.code,
        "clients": [client.code],
        "format": str(shape),
        "participants": participants,
        "payment": str(payment),
        "consent": str(client.consent),
        "starts_at": starts_at.isoformat() if starts_at else None,
    } | ({"until": until.isoformat()} if until else {})
