"""Recording: a line of a passport as the tables here hold it: a session with a client, one with a mentor, a unit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from credentials.coaching_log.logging_sessions import evidence_of, title_of
from credentials.mentor_coaching.logging_mentoring import evidence_of as evidence_of_mentoring
from credentials.models import CceUnit, Client, CoachingSession, Format, Mentor, MentorSession, Payment
from credentials.passports.sealing import Json
from foundation.db import Model, new_public_id


@dataclass(frozen=True, slots=True)
class _Piece(ABC):
    line: Json

    @property
    def told(self) -> Json:
        return dict(self.line["details"])

    @property
    def on(self) -> date:
        return date.fromisoformat(self.line["day"])

    @property
    def title(self) -> str:
        return str(self.line["title"])

    def values(self, user_id: int, entry_id: int, at: datetime) -> dict[str, Any]:
        return {
            "public_id": new_public_id(),
            "user_id": user_id,
            "entry_id": entry_id,
            "on": self.on,
            "created_at": at,
        } | self.own()

    @abstractmethod
    def own(self) -> dict[str, Any]:
        """What its own table asks for beside that."""


@dataclass(frozen=True, slots=True)
class Coached(_Piece):
    """A session, or a run of them, with a client who has a code of their own here."""

    client: Client
    table: ClassVar[type[Model]] = CoachingSession

    @property
    def until(self) -> date | None:
        return date.fromisoformat(self.told["until"]) if self.told["until"] else None

    @property
    def starts_at(self) -> datetime | None:
        return datetime.fromisoformat(self.told["starts_at"]) if self.told["starts_at"] else None

    @property
    def title(self) -> str:
        return title_of(self.client.code, self.told["participants"], self.until)

    def evidence(self) -> Json:
        told = self.told
        shape, paid = Format(told["format"]), Payment(told["payment"])
        when: dict[str, Any] = {"starts_at": self.starts_at, "until": self.until}
        return evidence_of(self.client, shape, told["participants"], paid, **when)

    def own(self) -> dict[str, Any]:
        return {
            "client_id": self.client.id,
            "until": self.until,
            "started_at": self.starts_at,
            "minutes": self.line["minutes"],
            "format": Format(self.told["format"]),
            "participants": self.told["participants"],
            "payment": Payment(self.told["payment"]),
            "sealed_notes": "",
        }


@dataclass(frozen=True, slots=True)
class Mentored(_Piece):
    """Mentor coaching, by a mentor whose file came along."""

    mentor: Mentor
    table: ClassVar[type[Model]] = MentorSession

    def evidence(self) -> Json:
        return evidence_of_mentoring(self.mentor, self.on, self.told["mentees"], self.told["observed"])

    def own(self) -> dict[str, Any]:
        return {
            "mentor_id": self.mentor.id,
            "minutes": self.line["minutes"],
            "mentees": self.told["mentees"],
            "observed": self.told["observed"],
        }


@dataclass(frozen=True, slots=True)
class Taught(_Piece):
    """Continuing education: its minutes by what they taught."""

    school: str
    table: ClassVar[type[Model]] = CceUnit

    def evidence(self) -> Json:
        split = {f"{kind}_minutes": self.told[kind] for kind in ("ethics", "supervision")}
        return {"type": "cce_unit", "ref": self.told["provider"] or self.school} | split

    def own(self) -> dict[str, Any]:
        split = {f"{kind}_minutes": self.told[kind] for kind in ("core", "ethics", "resource", "supervision")}
        return {"title": self.title, "provider": self.told["provider"] or self.school} | split


Piece = Coached | Mentored | Taught
