"""The clock: asked at the edges (views, commands, tasks) and handed inward as `at`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def day_in(zone: str, moment: datetime) -> date:
    """The calendar day of a moment in a time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def today(zone: str = "UTC") -> date:
    """The calendar day in a time zone."""
    return now().astimezone(ZoneInfo(zone)).date()
