"""A credential profile, read once: dates are dates, defaults are filled in, contradictions are refused by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from credentials.contracts import Invalid, check_profile


class ProfileError(ValueError):
    """The profile is not valid: one line that names the field and says what is wrong."""


class Course(NamedTuple):
    """A course or program, with its minutes."""

    id: str
    title: str
    accreditation: str
    starts_on: date
    ends_on: date | None
    completed: bool
    minutes: int
    core_minutes: int
    synchronous_minutes: int

    @property
    def last_day(self) -> date:
        """The last day that is known of it."""
        return self.ends_on or self.starts_on


class Session(NamedTuple):
    """Coaching given: one session, a run of `count` on one day, or a sum of minutes from `on` to `until`."""

    id: str
    on: date
    until: date
    minutes: int
    clients: Sequence[str]
    heads: int
    payment: str
    kind: str
    consent: str
    direct_report: bool


class MentorSession(NamedTuple):
    """Mentor coaching received, with the mentor as of that day."""

    id: str
    on: date
    minutes: int
    mentees: int
    mentor: str
    credential: str
    renewed: bool
    specialization: str | None
    specialization_since: date | None
    observed: bool


class Held(NamedTuple):
    """A credential held, from the day of its award to the day it expires (None where not given)."""

    credential: str
    awarded_on: date
    expires_on: date | None


class Unit(NamedTuple):
    """Continuing education: minutes of core, ethics, resource development or supervision."""

    id: str
    on: date
    minutes: int
    category: str


class Profile(NamedTuple):
    """One person as of one application or renewal date."""

    credential: str
    path: str
    apply_on: date
    courses: Sequence[Course]
    sessions: Sequence[Session]
    mentor_sessions: Sequence[MentorSession]
    recordings: int
    competency_review_form: bool
    held: Sequence[Held]
    units: Sequence[Unit]


def read_profile(raw: object, *, is_ours: bool = False) -> Profile:
    """The profile behind the JSON; raises ProfileError naming the field."""
    try:
        if not is_ours:
            check_profile(raw)
        assert isinstance(raw, dict)
        return _profile(raw)
    except Invalid as wrong:
        raise ProfileError(str(wrong)) from wrong


def _profile(raw: Mapping[str, Any]) -> Profile:
    return Profile(
        credential=raw["credential"],
        path=raw["path"],
        apply_on=date.fromisoformat(raw["apply_on"]),
        courses=[_course(i, r) for i, r in enumerate(raw.get("education", ()))],
        sessions=[_session(i, r) for i, r in enumerate(raw.get("sessions", ()))],
        mentor_sessions=[_mentor_session(r) for r in raw.get("mentor_sessions", ())],
        recordings=int(raw.get("recordings", 0)),
        competency_review_form=raw.get("competency_review_form", False),
        held=[_held(i, r) for i, r in enumerate(raw.get("credentials_held", ()))],
        units=[
            Unit(r["id"], date.fromisoformat(r["on"]), int(r["minutes"]), r["category"])
            for r in raw.get("continuing_education", ())
        ],
    )


def _optional_day(raw: Mapping[str, Any], name: str) -> date | None:
    text = raw.get(name)
    return date.fromisoformat(text) if text else None


def _course(index: int, raw: Mapping[str, Any]) -> Course:
    for part in ("core_minutes", "ethics_minutes", "synchronous_minutes"):
        if raw.get(part, 0) > raw["minutes"]:
            raise Invalid(f"is more than the course's {raw['minutes']} minutes", "education", index, part)
    starts_on, ends_on = date.fromisoformat(raw["starts_on"]), _optional_day(raw, "ends_on")
    if ends_on and ends_on < starts_on:
        raise Invalid("is before starts_on", "education", index, "ends_on")
    return Course(
        id=raw["id"],
        title=raw["title"],
        accreditation=raw["accreditation"],
        starts_on=starts_on,
        ends_on=ends_on,
        completed=raw["completed"],
        minutes=int(raw["minutes"]),
        core_minutes=int(raw["core_minutes"]),
        synchronous_minutes=int(raw["synchronous_minutes"]),
    )


def _session(index: int, raw: Mapping[str, Any]) -> Session:
    on = date.fromisoformat(raw["on"])
    until = _optional_day(raw, "until") or on
    if until < on:
        raise Invalid("is before on", "sessions", index, "until")
    clients = raw["clients"]
    heads = len(set(clients)) if len(clients) > 1 else 1
    return Session(
        raw["id"],
        on,
        until,
        int(raw["minutes"]) * int(raw.get("count", 1)),
        clients,
        max(heads, int(raw.get("participants") or 0)),
        raw["payment"],
        raw.get("kind", "coaching"),
        raw.get("consent", "given"),
        raw.get("direct_report", False),
    )


def _mentor_session(raw: Mapping[str, Any]) -> MentorSession:
    mentor = raw["mentor"]
    return MentorSession(
        id=raw["id"],
        on=date.fromisoformat(raw["on"]),
        minutes=int(raw["minutes"]),
        mentees=int(raw["mentees"]),
        mentor=mentor["name"],
        credential=mentor["credential"],
        renewed=mentor.get("renewed", False),
        specialization=mentor.get("specialization"),
        specialization_since=_optional_day(mentor, "specialization_since"),
        observed=raw.get("observed", False),
    )


def _held(index: int, raw: Mapping[str, Any]) -> Held:
    held = Held(raw["credential"], date.fromisoformat(raw["awarded_on"]), _optional_day(raw, "expires_on"))
    if held.expires_on and held.expires_on < held.awarded_on:
        raise Invalid("is before awarded_on", "credentials_held", index, "expires_on")
    return held
