"""Hours: lines of the ledger, clients, sessions, mentors."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from credentials.awarding import award_minutes
from credentials.coaching_log.keeping_clients import add_client
from credentials.coaching_log.logging_sessions import Told, log_session
from credentials.mentor_coaching.keeping_mentors import add_mentor
from credentials.mentor_coaching.logging_mentoring import log_mentoring
from credentials.mentor_slots.booking import book
from credentials.mentor_slots.publishing import Offer, publish
from credentials.models import (
    Client,
    CoachingSession,
    Consent,
    Format,
    LedgerEntry,
    Mentor,
    MentorBooking,
    MentorCredential,
    MentorSession,
    MentorSlot,
    Payment,
)
from credentials.reviewing import approve, submit
from foundation.db import db


def lesson_hours(
    school: Any, enrollment: Any, *, minutes: int = 60, core: int | None = None, **wishes: Any
) -> LedgerEntry:
    """Education minutes that wait to be checked."""
    facts: dict[str, Any] = {
        "synchronous": True,
        "on": date(2026, 3, 14),
        "title": "Opening class",
        "evidence": {"type": "live_class", "ref": "1"},
        "source_key": f"made:{next(school.number)}",
        "at": school.now(),
    }
    core = minutes if core is None else core
    return award_minutes(
        user_id=enrollment.user_id,
        enrollment_id=enrollment.id,
        minutes=minutes,
        core_minutes=core,
        **(facts | wishes),
    )


def coached_client(school: Any, user: Any, name: str = "Wren Castellanos", **wishes: Any) -> Client:
    facts: dict[str, Any] = {"contact": "wren@example.com", "consent": Consent.GIVEN, "consent_on": date(2026, 1, 5)}
    return add_client(db.session.merge(user), name=name, at=school.now(), **(facts | wishes))


def coaching_session(school: Any, user: Any, client: Any = None, **wishes: Any) -> CoachingSession:
    user = db.session.merge(user)
    known = db.session.merge(client) if client else coached_client(school, user)
    facts: dict[str, Any] = {
        "on": (school.now() - timedelta(days=7)).date(),
        "minutes": 60,
        "format": Format.INDIVIDUAL,
        "participants": 1,
        "payment": Payment.PAID,
    }
    return log_session(user, Told(client=known, **(facts | wishes)), at=school.now())


def mentor(school: Any, name: str = "Keiko Shimabukuro", **wishes: Any) -> Mentor:
    return add_mentor(**{"name": name, "at": school.now(), "credential": MentorCredential.PCC, **wishes})


def mentor_session(school: Any, user: Any, with_mentor: Any = None, **wishes: Any) -> MentorSession:
    known = db.session.merge(with_mentor) if with_mentor else mentor(school)
    facts: dict[str, Any] = {
        "on": (school.now() - timedelta(days=7)).date(),
        "minutes": 60,
        "mentees": 1,
        "observed": False,
    }
    return log_mentoring(db.session.merge(user), mentor=known, at=school.now(), **(facts | wishes))


def mentor_account(school: Any, name: str = "Keiko Shimabukuro", **wishes: Any) -> Any:
    """A mentor who signs in; the user, whose file holds a PCC with its specialization."""
    from tests.makers.people import user

    account = user(school, name, "mentor")
    facts: dict[str, Any] = {"specialization": "PCC", "specialization_since": date(2026, 9, 1)}
    mentor(school, name, user=account, **(facts | wishes))
    return account


def mentor_slot(school: Any, account: Any, in_hours: int = 72, **wishes: Any) -> MentorSlot:
    """An hour that begins so many hours from now, on the full hour."""
    by = db.session.merge(account)
    at = school.now()
    local = (at + timedelta(hours=in_hours)).astimezone(ZoneInfo(by.time_zone)).replace(minute=0, second=0)
    said: dict[str, Any] = {"on": local.date(), "starts": local.time().replace(microsecond=0), "minutes": 60}
    [slot] = publish(by, Offer(**{"places": 1, **said, **wishes}), at=min(at, local - timedelta(minutes=1)))
    return slot


def mentor_booking(school: Any, user: Any, slot: Any) -> MentorBooking:
    known = db.session.merge(slot)
    at = min(school.now(), known.starts_at - timedelta(minutes=1))
    return book(db.session.merge(user), known.public_id, at=at)


def sent(school: Any, entry: Any) -> LedgerEntry:
    """The line, sent to be checked by its own trainee."""
    line: LedgerEntry = db.session.merge(entry)
    submit(line.user, [line.public_id], school.now())
    return line


def checked(school: Any, entry: Any, by: Any) -> LedgerEntry:
    line: LedgerEntry = db.session.merge(entry)
    approve([line.public_id], db.session.merge(by), school.now())
    return line


def graduate_to_be(school: Any, name: str = "Ana Lima", minutes: int = 600, **wishes: Any) -> Any:
    """An enrollment whose hours are all there and all checked."""
    from tests.makers.offers import cohort, enrollment, program
    from tests.makers.people import user

    hours = {"minutes": minutes, "core_minutes": minutes - 60, "synchronous_minutes": minutes - 120}
    offered = program(school, **hours, **wishes)
    made = enrollment(school, user(school, name), cohort(school, of=offered, starts_in=-200))
    entry = lesson_hours(school, made, minutes=minutes, core=minutes - 60)
    checked(school, entry, user(school, "Rosa Registrar", "registrar"))
    return made
