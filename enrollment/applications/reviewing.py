"""Reviewing: staff look, ask for more, ask each other, and accept or decline with a word."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from accounts.models import User
from enrollment import seating
from enrollment.applications import answering, letters
from enrollment.applications.models import Application, ApplicationNote, ApplicationState, NoteKind
from enrollment.models import Cohort
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from foundation.wall import moment

DECIDED = "This application has been decided already."
OPEN = {ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW, ApplicationState.MORE_ASKED}


def take(application: Application, *, seen: int, actor: User, at: datetime) -> None:
    """Somebody reads it now. Raises Refused."""
    answering.locked(application, seen)
    if application.state != ApplicationState.SUBMITTED:
        raise Refused("It is under review already, or has been decided.")
    answering.move(application, ApplicationState.IN_REVIEW, at=at, actor=actor)


def ask_more(application: Application, word: str, *, seen: int, actor: User, at: datetime) -> None:
    """They are asked for something; they can change their answers and send them again. Raises Refused."""
    answering.locked(application, seen)
    _must_be_open(application)
    if not word:
        raise Refused("Say what is lacking; they read it.", "word")
    application.word = word
    answering.move(application, ApplicationState.MORE_ASKED, at=at, actor=actor, word=word)
    letters.more_asked(application, at=at)


def accept(application: Application, word: str, until: date, *, seen: int, actor: User, at: datetime) -> None:
    """They may enroll until the end of a day in the cohort's zone, and never longer than enrollment is open.

    Where the cohort says so a seat is held for them. Raises Refused, SoldOut beside the field.
    """
    cohort = seating.lock(application.cohort)
    answering.locked(application, seen)
    _must_be_open(application)
    if not cohort.is_open(at):
        raise Refused("Enrollment for this cohort is not open, so nobody can be let in.", "until")
    ends = min(end_of(until, cohort), cohort.closes_at)
    if ends <= at:
        raise Refused("This day has gone by.", "until")
    if ends > at + timedelta(days=366):
        raise Refused("A year at most.", "until")
    application.word, application.due_until = word, ends
    application.decided_at, application.decided_by_id = at, actor.id
    answering.move(application, ApplicationState.ACCEPTED, at=at, actor=actor, until=ends.isoformat(), word=word)
    if cohort.holds_seats:
        try:
            application.seat_id = seating.hold(cohort, ref=application.seat_ref, until=ends, at=at).id
        except seating.SoldOut:
            raise Refused("This cohort holds seats for whoever is accepted, and none is left.", "until") from None
    letters.accepted(application, at=at)


def end_of(day: date, cohort: Cohort) -> datetime:
    """The first moment that is no longer within a day of the cohort's zone."""
    return moment(datetime.combine(day + timedelta(days=1), datetime.min.time()), cohort.time_zone)


def decline(application: Application, word: str, *, seen: int, actor: User, at: datetime) -> None:
    """No, with a word that they read; an acceptance can be taken back too while nobody has ordered. Raises Refused."""
    seating.lock(application.cohort)
    answering.locked(application, seen)
    if application.state not in {*OPEN, ApplicationState.ACCEPTED}:
        raise Refused(DECIDED)
    if not word:
        raise Refused("Say why; they read it.", "word")
    application.word, application.decided_at, application.decided_by_id = word, at, actor.id
    answering.move(application, ApplicationState.DECLINED, at=at, actor=actor, word=word)
    letters.declined(application, at=at)


def _must_be_open(application: Application) -> None:
    if application.state not in OPEN:
        raise Refused(DECIDED)


def note(application: Application, kind: NoteKind, text: str, *, actor: User, at: datetime) -> ApplicationNote:
    """Write something for the others; a second opinion comes from somebody else than who wants it. Raises Refused."""
    if kind in {NoteKind.FOR, NoteKind.AGAINST} and _who_wants(application) == actor.id:
        raise Refused("You have asked for this opinion yourself; somebody else gives it.", "kind")
    made = ApplicationNote(application_id=application.id, kind=kind, text=text, by_id=actor.id, at=at)
    db.session.add(made)
    db.session.flush()
    record("application.noted", subject=application, actor=actor, at=at, kind=str(kind))
    return made


def _who_wants(application: Application) -> int | None:
    query = select(ApplicationNote.by_id).where(ApplicationNote.application_id == application.id)
    wanted = query.where(ApplicationNote.kind == NoteKind.WANTED).order_by(ApplicationNote.id.desc())
    return db.session.scalar(wanted.limit(1))
