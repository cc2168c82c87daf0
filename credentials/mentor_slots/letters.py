"""Letters about booked hours: each reader's own zone first, the other party's beside it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from credentials.models import MentorBooking
from foundation.filters import hours, shown_datetime
from mail.promising import owe_letter, withdraw_letter

REMIND_BEFORE = timedelta(hours=24)


def promise_booked(booking: MentorBooking, *, at: datetime) -> None:
    """To the trainee with the calendar file, to the mentor, and a reminder the day before."""
    slot, trainee = booking.slot, booking.user
    told = _facts(booking, trainee)
    _promise("mentoring.booked", trainee, told, booking, at)
    if slot.mentor.user:
        _promise("mentoring.taken", slot.mentor.user, _facts(booking, slot.mentor.user), booking, at)
    if slot.starts_at - REMIND_BEFORE > at:
        _promise("mentoring.reminder", trainee, told, booking, at, due_at=slot.starts_at - REMIND_BEFORE)


def promise_given_up(booking: MentorBooking, *, at: datetime, by: str = "") -> None:
    """To the mentor. The reminder goes out no more. `by`: what stands instead of the trainee's name."""
    _forget_reminder(booking)
    if booking.slot.mentor.user:
        mentor = booking.slot.mentor.user
        told = _facts(booking, mentor)
        _promise("mentoring.given_up", mentor, told | {"trainee": by or told["trainee"]}, booking, at)


def promise_called_off(booking: MentorBooking, *, at: datetime) -> None:
    """To the trainee. The reminder goes out no more."""
    _forget_reminder(booking)
    _promise("mentoring.called_off", booking.user, _facts(booking, booking.user), booking, at)


def _promise(
    kind: str, to: User, facts: dict[str, Any], booking: MentorBooking, at: datetime, due_at: datetime | None = None
) -> None:
    owe_letter(kind, to=to.email, facts=facts, dedupe=_key(kind, booking), at=at, user_id=to.id, due_at=due_at)


def _forget_reminder(booking: MentorBooking) -> None:
    withdraw_letter(_key("mentoring.reminder", booking), reason="The hour it reminds of was given up or called off.")


def _key(kind: str, booking: MentorBooking) -> str:
    return f"{kind}:{booking.public_id}"


def _facts(booking: MentorBooking, reader: User) -> dict[str, Any]:
    slot, mentor = booking.slot, booking.slot.mentor
    other = booking.user if reader.id == mentor.user_id else mentor.user
    elsewhere = other is not None and other.time_zone != reader.time_zone
    return {
        "name": reader.first_name,
        "mentor": mentor.name,
        "trainee": booking.user.name,
        "when": shown_datetime(slot.starts_at, reader.time_zone),
        "beside": shown_datetime(slot.starts_at, other.time_zone) if elsewhere and other else "",
        "minutes": hours(slot.minutes),
        "company": f"a group of up to {slot.places}" if slot.is_group else "one-to-one",
        "place": slot.place,
        "booking": booking.public_id,
        "slot": slot.public_id,
    }
