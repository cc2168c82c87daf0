"""A trainee looks through mentors' free hours, books one, gives it up, puts it into the calendar."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from credentials.asking import page_number, page_url
from credentials.doors import hours
from credentials.mentor_coaching.holding import held_on
from credentials.mentor_coaching.standing import JUDGED_FOR, refusal_on
from credentials.mentor_slots import booking as booking_verbs
from credentials.mentor_slots import queries
from credentials.mentor_slots.calendars import calendar_file
from credentials.models import MentorSlot
from foundation.access import signed_in
from foundation.clock import day_in, now
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import absolute
from foundation.paging import paginate


@hours.get("/mentoring/slots")
@signed_in
def slots() -> str:
    at, mentor, company = now(), request.args.get("mentor", ""), request.args.get("company", "")
    found = queries.free_slots(current_user, at, mentor=mentor, company=company)
    page = paginate(found, page_number(), per=20, scalars=False)
    return render_template(
        "credentials/slots.html",
        page=page,
        url=page_url(),
        rows=[_row(slot, left) for slot, left in page.items],
        mine=[_row(one.slot, 0) | {"booking": one} for one in queries.bookings_ahead(current_user, at)],
        mentors=[("", "Any mentor"), *((one.public_id, one.name) for one in queries.mentors_with_hours(at))],
        mentor=mentor,
        company=company,
        may_book=booking_verbs.takes_part(current_user),
        at=at,
    )


@hours.post("/mentoring/slots/<public_id>/book")
@signed_in
def book_slot(public_id: str) -> AnyResponse:
    try:
        booking_verbs.book(current_user, public_id, at=now())
        db.session.commit()
        flash("Booked. A letter with the calendar file is on its way.", "good")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(url_for("hours.slots"), 303)


@hours.post("/mentoring/bookings/<public_id>/give-up")
@signed_in
def give_up_slot(public_id: str) -> AnyResponse:
    try:
        booking_verbs.give_up(current_user, public_id, at=now())
        db.session.commit()
        flash("Given up. The mentor is told, and somebody else can have the place.", "good")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(url_for("hours.slots"), 303)


@hours.get("/mentoring/bookings/<public_id>.ics")
@signed_in
def booking_ics(public_id: str) -> Response:
    booked = queries.booking_of(current_user, public_id)
    title = f"Mentor coaching with {booked.slot.mentor.name}"
    return calendar_response(booked.slot, title, f"booking-{booked.public_id}", url_for("hours.slots"))


def calendar_response(slot: MentorSlot, title: str, name: str, page: str) -> Response:
    chosen = current_app.config["SETTINGS"]
    body = calendar_file(
        slot,
        title=title,
        name=name,
        page=absolute(page),
        school=chosen.school_name,
        domain=chosen.mail_domain,
        at=now(),
    )
    headers = {"Content-Disposition": f'attachment; filename="{name}.ics"', "Cache-Control": "no-store"}
    return Response(body, mimetype="text/calendar", headers=headers)


def _row(slot: MentorSlot, left: int) -> dict[str, Any]:
    """A slot with what its day makes of the mentor: toward which credential the hour will count, and why not."""
    day = day_in(current_user.time_zone, slot.starts_at)
    held = held_on(slot.mentor.facts, day)
    mentor_zone = slot.mentor.user.time_zone if slot.mentor.user else current_user.time_zone
    return {
        "slot": slot,
        "left": left,
        "held": held,
        "toward": {name: refusal_on(held, name, day) for name in JUDGED_FOR},
        "zone": mentor_zone if _differs(slot.starts_at, mentor_zone) else "",
    }


def _differs(moment: datetime, zone: str) -> bool:
    """Whether the mentor's clock shows another hour than the reader's."""
    return (
        moment.astimezone(ZoneInfo(zone)).utcoffset() != moment.astimezone(ZoneInfo(current_user.time_zone)).utcoffset()
    )
