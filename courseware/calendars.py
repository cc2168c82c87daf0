"""Classes as calendar files (RFC 5545), for one class or for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from courseware.meetings import Meeting


def calendar_file(meetings: Iterable[Meeting], *, school: str, domain: str, link: str, at: datetime) -> bytes:
    """An iCalendar file. The identifier of a class stays, so that a second import moves it and adds none.

    A class that was called off is in it as such, and its number of changes goes along (RFC 5545, STATUS, SEQUENCE).
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{school}//Practicum//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for meeting in meetings:
        calendar.add_component(_event(meeting, domain, link, at))
    written: bytes = calendar.to_ical()
    return written


def _event(meeting: Meeting, domain: str, link: str, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"class-{meeting.public_id}@{domain}")
    event.add("dtstamp", at)
    event.add("sequence", meeting.sequence)
    event.add("status", "CANCELLED" if meeting.is_called_off else "CONFIRMED")
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.starts_at + timedelta(minutes=meeting.minutes))
    event.add("summary", meeting.title)
    page = f"{link}/learn/{meeting.enrollment_public_id}/class/{meeting.public_id}"
    event.add("description", f"The class's page, with the way in: {page}")
    event.add("url", page)
    return event
