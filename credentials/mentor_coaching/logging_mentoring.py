"""Logging mentor coaching received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.awarding import reverse, write_line
from credentials.mentor_coaching.holding import held_on
from credentials.models import Kind, Mentor, MentorSession, ReviewState
from credentials.profiling import is_reversed
from foundation.db import db, new_public_id
from foundation.errors import NotFound, Refused


def mentors_for(user: User) -> list[Mentor]:
    """The school's mentors, and those whom this trainee brought."""
    query = select(Mentor).where(or_(Mentor.owner_id.is_(None), Mentor.owner_id == user.id))
    ordered = query.order_by(Mentor.owner_id.nulls_first(), Mentor.name, Mentor.id)
    return list(db.session.scalars(ordered.options(joinedload(Mentor.facts))).unique())


@dataclass(frozen=True, slots=True)
class Booked:
    """A session that was booked from the mentor's free hours, and that the mentor has confirmed."""

    starts_at: datetime
    confirmed_by: User


def log_mentoring(
    user: User,
    *,
    mentor: Mentor,
    on: date,
    minutes: int,
    mentees: int,
    observed: bool,
    at: datetime,
    booked: Booked | None = None,
) -> MentorSession:
    """A mentor session and its ledger line. Who qualifies is judged by the engine, on the day of the session.

    What the mentor has confirmed waits for its check at once; what the trainee logs waits in the trainee's hands.
    """
    if on > at.astimezone(ZoneInfo(user.time_zone)).date():
        raise Refused("This day has not come yet. Log a session once it has taken place.", field="on")
    if not 1 <= minutes <= 720:
        raise Refused("A session has between 1 minute and 12 hours.", field="minutes")
    if mentor.owner_id not in {None, user.id}:
        raise NotFound
    name = new_public_id()
    company = "one-to-one" if mentees == 1 else f"group of {mentees}"
    entry = write_line(
        user_id=user.id,
        enrollment_id=None,
        kind=Kind.MENTOR,
        minutes=minutes,
        core_minutes=0,
        synchronous=True,
        on=on,
        title=f"Mentor coaching with {mentor.name}, {company}",
        evidence=evidence_of(mentor, on, mentees, observed) | _confirmed(booked),
        source_key=f"mentor_session:{name}",
        at=at,
        actor=booked.confirmed_by if booked else user,
        state=ReviewState.SENT if booked else ReviewState.LOGGED,
    )
    session = MentorSession(
        public_id=name,
        user_id=user.id,
        mentor_id=mentor.id,
        entry_id=entry.id,
        on=on,
        minutes=minutes,
        mentees=mentees,
        observed=observed,
        created_at=at,
    )
    db.session.add(session)
    db.session.flush()
    return session


def take_back_mentoring(user: User, public_id: str, *, at: datetime) -> None:
    """Undo one's own mentor session; anybody else's is not found."""
    query = select(MentorSession).where(MentorSession.public_id == public_id, MentorSession.user_id == user.id)
    session = db.session.scalar(query.where(~is_reversed(MentorSession.entry_id)))
    if session is None:
        raise NotFound
    reverse(session.entry, "Undone by its trainee", user, at)


def _confirmed(booked: Booked | None) -> dict[str, object]:
    return {"confirmed_by": "mentor", "starts_at": booked.starts_at.isoformat()} if booked else {}


def evidence_of(mentor: Mentor, on: date, mentees: int, observed: bool) -> dict[str, object]:
    """What was known of the mentor when the line was written; what counts is judged by the file as it stands."""
    held = held_on(mentor.facts, on)
    level, since = held.specializations[-1] if held.specializations else (None, None)
    return {
        "type": "mentor_session",
        "ref": mentor.name,
        "mentees": mentees,
        "observed": observed,
        "credential": held.credential,
        "renewed": held.renewed,
        "specialization": level,
        "specialization_since": since.isoformat() if since else None,
    }
