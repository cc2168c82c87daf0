"""A booked hour as a calendar file (RFC 5545)."""

from __future__ import annotations

from datetime import datetime

from icalendar import Calendar, Event

from credentials.models import MentorSlot


def calendar_file(
    slot: MentorSlot, *, title: str, name: str, page: str, school: str, domain: str, at: datetime
) -> bytes:
    """An iCalendar file; `name` stays the same, so that a second import moves the entry and adds none."""
    event = Event()
    event.add("uid", f"{name}@{domain}")
    event.add("dtstamp", at)
    event.add("dtstart", slot.starts_at)
    event.add("dtend", slot.ends_at)
    event.add("summary", title)
    event.add("description", f"The way in: {slot.place}\n{page}" if slot.place else page)
    event.add("url", page)
    if slot.place:
        event.add("location", slot.place)
    calendar = Calendar()
    calendar.add("prodid", f"-//{school}//Practicum//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written
