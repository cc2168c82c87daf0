"""The clock: asked at the edges (views, commands, tasks) and handed inward as `at`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def today(zone: str = "UTC") -> date:
    """The calendar day in a time zone."""
    return now().astimezone(ZoneInfo(zone)).date()
