"""Reports of meeting rooms, as Zoom and Google Meet write them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from courseware.attendance.reports.taking import bring
from courseware.models import AttendanceReport, LiveClass
from foundation.db import db

ZOOM = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,In Waiting Room"
BLOCK = "Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants"

Stay = tuple[str, str, int, int]  # name, e-mail, minutes after the class began: came, went


def zoom_report(
    school: Any,
    starts_at: datetime,
    stays: Iterable[Stay],
    *,
    zone: str = "America/New_York",
    style: str = "%m/%d/%Y %I:%M:%S %p",
) -> bytes:
    """Zoom's own export, with the block about the meeting above the list."""

    def clock(minutes: int) -> str:
        return (starts_at + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone)).strftime(style)

    block = f"812 3456 7890,Studio one,{clock(0)},{clock(150)},noor@example.com,150,9"
    rows = [f'"{name}",{email},{clock(a)},{clock(b)},{b - a},Yes,No' for name, email, a, b in stays]
    return "\n".join(["\ufeff" + BLOCK, block, "", ZOOM, *rows, ""]).encode()


def brought_report(school: Any, live_class: Any, data: bytes, person: Any) -> AttendanceReport:
    """A report that somebody looks at and has not saved."""
    known = db.session.get_one(LiveClass, live_class.id)
    zones = [known.cohort.time_zone]
    return bring(known, data, "participants.csv", zones=zones, actor=db.session.merge(person), at=school.now())


def set_time_zone(school: Any, person: Any, zone: str) -> User:
    known = db.session.get_one(User, person.id)
    known.time_zone = zone
    return known
