"""Chapter one: the people of the demo school."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from accounts.identifying import create_user, find_by_email
from accounts.models import RoleName, User
from credentials.mentor_coaching.keeping_mentors import Told, add_mentor, note_fact
from credentials.models import FactKind, Level, Mentor, MentorCredential
from demo.logins import PASSWORD
from demo.reading import table
from foundation.db import db


def make_people(at: datetime) -> None:
    """Faculty, staff and trainees; only those whose login is printed get a password."""
    told, faculty = table("people"), table("school")["faculty"]
    for one in told["staff"]:
        _person(one, [RoleName(r) for r in one["roles"]], at - timedelta(days=900))
    for one in faculty:
        _person(one, [RoleName(r) for r in one["roles"]], at - timedelta(days=880))
    for one in told["trainees"]:
        _person(one, [RoleName.TRAINEE], at - timedelta(days=700))
    for one in told["mentors"]:
        _mentor(one, at - timedelta(days=9))


def _person(one: dict[str, Any], roles: list[RoleName], at: datetime) -> User:
    known = find_by_email(one["email"])
    if known is not None:
        return known
    return create_user(
        email=one["email"],
        name=one["name"],
        password=PASSWORD if one.get("login") else None,
        at=at,
        roles=roles,
        time_zone=one["time_zone"],
        confirmed=True,
    )


def _mentor(one: dict[str, Any], at: datetime) -> Mentor:
    """A mentor with the file as the registrar has kept it."""
    level, since = one["specialization"], one["specialization_since"]
    made = add_mentor(
        name=one["name"],
        credential=MentorCredential(one["credential"]),
        credential_since=date.fromisoformat(one["credential_since"]),
        at=at,
        user=find_by_email(one["email"]),
        actor=(registrar := person("beatriz-fonseca-lund")),
        specialization=level.removeprefix("MCS-") if level else None,
        specialization_since=date.fromisoformat(since) if since else None,
    )
    days = date.fromisoformat(one["renewed_on"]), date.fromisoformat(one["renewed_until"])
    note_fact(made, Told(FactKind.RENEWAL, Level(one["credential"]), *days), actor=registrar, at=at)
    return made


def person(key: str) -> User:
    """The person of this key in `people.yaml` or among the faculty."""
    told = table("people")
    everybody = [*told["staff"], *told["trainees"], *table("school")["faculty"]]
    email = next(one["email"] for one in everybody if one["key"] == key)
    found = find_by_email(email)
    assert found is not None, key
    return found


def mentor(name: str) -> Mentor:
    return db.session.query(Mentor).filter_by(name=name, owner_id=None).one()
