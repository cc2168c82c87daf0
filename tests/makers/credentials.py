"""Hours: lines of the ledger, clients, sessions, mentors."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from credentials.awarding import award_minutes
from credentials.coaching_log.keeping_clients import add_client
from credentials.coaching_log.logging_sessions import Told, log_session
from credentials.mentor_coaching.keeping_mentors import add_mentor
from credentials.mentor_coaching.logging_mentoring import log_mentoring
from credentials.models import (
    Client,
    CoachingSession,
    Consent,
    Format,
    LedgerEntry,
    Mentor,
    MentorCredential,
    MentorSession,
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


def sent(school: Any, entry: Any) -> LedgerEntry:
    """The line, sent to be checked by its own trainee."""
    line: LedgerEntry = db.session.merge(entry)
    submit(line.user, [line.public_id], school.now())
    return line


def checked(school: Any, entry: Any, by: Any) -> LedgerEntry:
    line: LedgerEntry = db.session.merge(entry)
    approve([line.public_id], db.session.merge(by), school.now())
    return line


def graduate_to_be(school: Any, name: str = "Ana Lima", minutes: int = 600) -> Any:
    """An enrollment whose hours are all there and all checked."""
    from tests.makers.offers import cohort, enrollment, program
    from tests.makers.people import user

    offered = program(school, minutes=minutes, core_minutes=minutes - 60, synchronous_minutes=minutes - 120)
    made = enrollment(school, user(school, name), cohort(school, of=offered, starts_in=-200))
    entry = lesson_hours(school, made, minutes=minutes, core=minutes - 60)
    checked(school, entry, user(school, "Rosa Registrar", "registrar"))
    return made
