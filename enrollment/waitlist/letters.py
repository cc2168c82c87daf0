"""What people who wait are told: they stand in line, a seat is theirs until a moment, it is not any more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel.dates import format_date

from enrollment.waitlist.models import WaitlistEntry
from foundation.filters import shown_datetime
from mail.models import Letter
from mail.promising import promise_letter


def joined(entry: WaitlistEntry, place: int, *, at: datetime) -> Letter:
    """Where they stand, and the way to leave."""
    return promise_letter("waitlist.joined", **_about(entry, at, place=place), dedupe=f"waitlist.joined:{entry.id}")


def offered(entry: WaitlistEntry, *, at: datetime) -> Letter:
    """A seat is held for them: until when, by their own clock and the class's."""
    until, cohort = entry.offered_until, entry.cohort
    assert until is not None
    facts = {
        "until": shown_datetime(until, entry.user.time_zone),
        "until_there": shown_datetime(until, cohort.time_zone),
        "amount": cohort.price.shown(),
    }
    return promise_letter("waitlist.offered", **_about(entry, at, **facts), dedupe=f"waitlist.offered:{entry.id}")


def lapsed(entry: WaitlistEntry, *, at: datetime) -> Letter:
    """The offer ended without them; they can stand in line again."""
    return promise_letter("waitlist.lapsed", **_about(entry, at), dedupe=f"waitlist.lapsed:{entry.id}")


def over(entry: WaitlistEntry, *, at: datetime) -> Letter:
    """The cohort began and no seat came free for them, or it was called off."""
    is_off = entry.cohort.cancelled_at is not None
    return promise_letter("waitlist.over", **_about(entry, at, is_off=is_off), dedupe=f"waitlist.over:{entry.id}")


def _about(entry: WaitlistEntry, at: datetime, **facts: Any) -> dict[str, Any]:
    cohort, user = entry.cohort, entry.user
    known = {
        "name": user.first_name,
        "program": cohort.program.title,
        "slug": cohort.program.slug,
        "cohort": cohort.title,
        "code": cohort.code,
        "starts_on": format_date(cohort.starts_on, format="long", locale="en_US"),
        "hours": cohort.offer_hours,
        "entry": entry.public_id,
    }
    return {"to": user.email, "facts": known | facts, "at": at, "user_id": user.id}
