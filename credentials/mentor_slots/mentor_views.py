"""A mentor's own hours: offered, booked, called off, and afterwards who was there."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from credentials.asking import page_number, page_url
from credentials.doors import staff_mentoring
from credentials.mentor_slots import attending, publishing, queries
from credentials.mentor_slots.forms import OfferForm, OutcomeForm, WasThereForm
from credentials.mentor_slots.views import calendar_response
from credentials.models import BookingState, Mentor, MentorBooking, MentorSlot, SlotState
from foundation.access import staff
from foundation.clock import now, today
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import count
from foundation.paging import paginate

SHELVES = {"ahead": "Ahead", "to_confirm": "To confirm", "past": "Past"}
MENTORS = ("mentor", "instructor")


@staff_mentoring.route("", methods=["GET", "POST"])
@staff(*MENTORS)
def hours() -> str | AnyResponse:
    """The mentor's own hours, and offering new ones."""
    mentor, form = publishing.mentor_of(current_user), OfferForm(data={"on": today(current_user.time_zone)})
    if form.validate_on_submit():
        try:
            made = publishing.publish(current_user, form.offer(), at=now())
            db.session.commit()
            flash(f"Offered: {count(len(made), 'hour')}. Trainees can book from now on.", "good")
            return redirect(url_for("staff_mentoring.hours"), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
            mentor = publishing.mentor_of(current_user)
    return render_template("staff/credentials/mentor_hours.html", mentor=mentor, form=form, **_shelf(mentor))


@staff_mentoring.route("/<public_id>", methods=["GET", "POST"])
@staff(*MENTORS)
def slot(public_id: str) -> str | AnyResponse:
    """One hour: who booked it, and once it has begun, who was there."""
    found, form = publishing.own_slot(current_user, public_id), WasThereForm()
    bookings = attending.bookings_of(found)
    parts = {one.public_id: _part(one, found) for one in bookings}
    if form.is_submitted() and all([form.validate(), *(part.validate() for part in parts.values())]):
        try:
            outcomes = {name: part.outcome() for name, part in parts.items()}
            attending.say_who_was_there(current_user, public_id, outcomes, at=now())
            db.session.commit()
            flash("Written down. The hours wait for their check.", "good")
            return redirect(url_for("staff_mentoring.slot", public_id=public_id), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
            found = publishing.own_slot(current_user, public_id)
            bookings = attending.bookings_of(found)
    return render_template(
        "staff/credentials/mentor_slot.html",
        slot=found,
        form=form,
        rows=[(one, parts[one.public_id]) for one in bookings],
        has_begun=found.starts_at <= now(),
    )


@staff_mentoring.post("/<public_id>/call-off")
@staff(*MENTORS)
def call_off(public_id: str) -> AnyResponse:
    try:
        publishing.call_off(current_user, public_id, at=now())
        db.session.commit()
        flash("Called off. Whoever had booked it is told.", "good")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(url_for("staff_mentoring.hours"), 303)


@staff_mentoring.get("/<public_id>.ics")
@staff(*MENTORS)
def slot_ics(public_id: str) -> Response:
    found = publishing.own_slot(current_user, public_id)
    page = url_for("staff_mentoring.slot", public_id=public_id)
    return calendar_response(found, "Mentor coaching", f"slot-{found.public_id}", page)


def _shelf(mentor: Mentor | None) -> dict[str, Any]:
    at, shelf = now(), request.args.get("shelf", "ahead")
    shelf = shelf if shelf in SHELVES else "ahead"
    if mentor is None:
        return {"page": None, "shelves": []}
    waiting = db.session.execute(queries.slots_of(mentor, "to_confirm", at)).all()
    page = paginate(queries.slots_of(mentor, shelf, at), page_number(), per=25, scalars=False)
    return {
        "page": page,
        "url": page_url("staff_mentoring.hours"),
        "shelf": shelf,
        "shelves": [
            {
                "label": words,
                "href": url_for("staff_mentoring.hours", shelf=name),
                "current": name == shelf,
                "count": len(waiting) if name == "to_confirm" else 0,
            }
            for name, words in SHELVES.items()
        ],
    }


def _part(booking: MentorBooking, slot: MentorSlot) -> OutcomeForm:
    """What is offered for a mentee: there for the whole hour, or what has been said before."""
    written = booking.session
    return OutcomeForm(
        prefix=f"b{booking.id}",
        data={
            "came": booking.state != BookingState.MISSED,
            "minutes": written.minutes if written and slot.state == SlotState.HELD else slot.minutes,
            "observed": bool(written and written.observed),
        },
    )
