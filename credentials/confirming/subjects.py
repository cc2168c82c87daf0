"""What can be confirmed, by whom, and whether they may be written to at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.models import CoachingSession, Consent, Kind, LedgerEntry, Mentor, MentorSession, Payment
from credentials.profiling import is_reversed
from foundation.db import db
from foundation.errors import NotFound

AN_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")


class Whom(StrEnum):
    MENTOR = "mentor"
    CLIENT = "client"
    PEER = "peer"


WHAT = {
    Whom.MENTOR: "mentor coaching with you",
    Whom.CLIENT: "a coaching session with you",
    Whom.PEER: "a session in which you were coached as a peer",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A line that somebody can confirm. `name` and `address` are in clear: for the trainee alone.

    `is_on_file`: the address is the one of an account, and the trainee can't write to another. `obstacle`: why nobody
    may be asked, in words for the trainee; empty where they may.
    """

    entry: LedgerEntry
    session: CoachingSession | MentorSession
    whom: Whom
    name: str
    address: str
    is_on_file: bool
    obstacle: str

    @property
    def what(self) -> str:
        """What took place, as the other party reads it after "has logged"."""
        return WHAT[self.whom]

    @property
    def people(self) -> int:
        return self.session.mentees if isinstance(self.session, MentorSession) else self.session.participants


def subject_of(user: User, entry_public_id: str) -> Subject:
    """One's own line of mentor coaching or coaching that stands. Anything else is not found."""
    query = select(LedgerEntry).where(LedgerEntry.public_id == entry_public_id, LedgerEntry.user_id == user.id)
    entry = db.session.scalar(query.where(LedgerEntry.reverses_id.is_(None), ~is_reversed(LedgerEntry.id)))
    subject = subject_behind(entry) if entry else None
    if subject is None:
        raise NotFound
    return subject


def subject_behind(entry: LedgerEntry) -> Subject | None:
    """The session behind a line; None where its kind needs nobody's word."""
    if entry.kind == Kind.MENTOR:
        return _mentoring(entry)
    return _coaching(entry) if entry.kind == Kind.COACHING else None


def _mentoring(entry: LedgerEntry) -> Subject | None:
    loaded = joinedload(MentorSession.mentor).joinedload(Mentor.user).noload(User.roles)
    session = db.session.scalar(select(MentorSession).where(MentorSession.entry_id == entry.id).options(loaded))
    if session is None:
        return None
    mentor = session.mentor
    return Subject(entry, session, Whom.MENTOR, mentor.name, mentor.email, mentor.user is not None, "")


def _coaching(entry: LedgerEntry) -> Subject | None:
    loaded = joinedload(CoachingSession.client)
    session = db.session.scalar(select(CoachingSession).where(CoachingSession.entry_id == entry.id).options(loaded))
    if session is None or session.until is not None:
        return None
    client = session.client
    address = client.contact if AN_ADDRESS.fullmatch(client.contact) else ""
    whom = Whom.PEER if session.payment == Payment.PEER_EXCHANGE else Whom.CLIENT
    return Subject(entry, session, whom, client.name, address, False, _obstacle(session))


def _obstacle(session: CoachingSession) -> str:
    """A client is written to only with their own consent."""
    if session.client.forgotten_at:
        return "This client was forgotten: there is nobody to write to."
    if session.client.consent == Consent.REFUSED:
        return "This client does not agree to stand in your log, so nobody writes to them."
    if session.client.consent == Consent.LETTER:
        return "An organisation's letter covers this client; the client's own consent to a letter is not noted."
    return ""
