"""What is on offer, as the public pages show it: plain values, so that a page can remember what it made of them."""

from __future__ import annotations

import json
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from flask import url_for

from enrollment.models import Level
from foundation.money import Money

FEW = 3


class Seats(StrEnum):
    """How the seats of a cohort stand at a moment."""

    ANNOUNCED = "announced"
    CLOSED = "closed"
    FULL = "full"
    FEW = "few"
    OPEN = "open"


class Offer(NamedTuple):
    """A published program as lists show it. Times in minutes."""

    slug: str
    title: str
    level: Level
    summary: str
    minutes: int
    core_minutes: int
    synchronous_minutes: int

    @property
    def href(self) -> str:
        return url_for("site.program", slug=self.slug)


class Syllabus(NamedTuple):
    """A program as its own page shows it. Times in minutes; `published` is what ICF wants published, as JSON."""

    id: int
    slug: str
    title: str
    level: Level
    summary: str
    description_md: str
    minutes: int
    core_minutes: int
    synchronous_minutes: int
    published: str
    asks_application: bool = False

    @property
    def href(self) -> str:
        return url_for("site.program", slug=self.slug)

    @property
    def self_paced_minutes(self) -> int:
        return self.minutes - self.synchronous_minutes

    @property
    def facts(self) -> dict[str, Any]:
        """Read when the page is made anew, not each time that it is shown."""
        return dict(json.loads(self.published))


class Coming(NamedTuple):
    """A cohort of a published program, with the seats left at the moment it was asked for."""

    code: str
    title: str
    program_slug: str
    program_title: str
    starts_on: date
    ends_on: date
    rhythm: str
    time_zone: str
    language: str
    price: Money
    opens_at: datetime
    left: int
    seats: Seats

    @property
    def href(self) -> str:
        return url_for("site.cohort", slug=self.program_slug, code=self.code)

    @property
    def can_enroll(self) -> bool:
        return self.seats in {Seats.FEW, Seats.OPEN}


def seats_at(opens_at: datetime, closes_at: datetime, left: int, at: datetime) -> Seats:
    """How seats stand at a moment, in the order in which a visitor wants to know it."""
    if opens_at > at:
        return Seats.ANNOUNCED
    if closes_at <= at:
        return Seats.CLOSED
    if not left:
        return Seats.FULL
    return Seats.FEW if left <= FEW else Seats.OPEN
