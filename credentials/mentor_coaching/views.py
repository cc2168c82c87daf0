"""Mentor coaching received: each session with the mentor's standing on that day, and logging one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from credentials.asking import offer_undo
from credentials.confirming.queries import WORDS as CONFIRMATIONS
from credentials.confirming.queries import newest_about, state_of
from credentials.confirming.requesting import ask
from credentials.doors import hours
from credentials.mentor_coaching.forms import NEW, MentorSessionForm
from credentials.mentor_coaching.keeping_mentors import add_mentor
from credentials.mentor_coaching.logging_mentoring import log_mentoring, mentors_for, take_back_mentoring
from credentials.mentor_coaching.standing import sessions_with_standing
from credentials.models import Kind, Mentor, MentorCredential, MentorSession
from credentials.profiling import Records, records_of
from credentials.standing import mentors_to_ask
from credentials.wording import STATES
from foundation.access import signed_in
from foundation.clock import now, today
from foundation.db import db
from foundation.errors import NotFound, Refused


@hours.route("/mentoring", methods=["GET", "POST"])
@signed_in
def mentoring() -> str | Response:
    mentors, day = mentors_for(current_user), today(current_user.time_zone)
    records = records_of(current_user.id)
    form = MentorSessionForm(data={"on": day, "mentor": _likeliest(mentors, records)})
    form.offer(mentors, day)
    if form.validate_on_submit():
        try:
            session = log_mentoring(current_user, mentor=_mentor(form, mentors), at=now(), **_told(form))
            if form.ask.data:
                _ask(form, session)
            db.session.commit()
            _offer_undo(session.public_id)
            return redirect(url_for("hours.mentoring"), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    questions = newest_about(session.entry_id for session, _ in records.mentoring)
    return render_template(
        "credentials/mentoring.html",
        form=form,
        rows=sessions_with_standing(records, day),
        total=records.totals.minutes(Kind.MENTOR),
        to_ask=mentors_to_ask(records, day),
        state_words=STATES,
        said={entry_id: CONFIRMATIONS[state_of(one, now())] for entry_id, one in questions.items()},
        is_new=form.mentor.data == NEW,
    )


def _likeliest(mentors: list[Mentor], records: Records) -> str:
    """Who mentored last mentors again; else the first of the list."""
    last = [session.mentor_id for session, _ in records.mentoring][-1:]
    return next((one.public_id for one in mentors if one.id in last), mentors[0].public_id if mentors else NEW)


def _told(form: MentorSessionForm) -> dict[str, Any]:
    return {
        "on": form.on.data,
        "minutes": form.minutes.data,
        "mentees": form.mentees.data if form.company.data == "group" else 1,
        "observed": form.observed.data,
    }


def _mentor(form: MentorSessionForm, mentors: list[Mentor]) -> Mentor:
    if form.mentor.data != NEW:
        return next(m for m in mentors if m.public_id == form.mentor.data)
    return add_mentor(
        name=form.mentor_name.data or "",
        credential=MentorCredential(form.credential.data),
        owner=current_user,
        renewed=form.renewed.data,
        specialization=form.specialization.data or None,
        specialization_since=form.specialization_since.data,
        at=now(),
    )


def _ask(form: MentorSessionForm, session: MentorSession) -> None:
    address = form.mentor_email.data or session.mentor.email
    try:
        ask(current_user, session.entry.public_id, address=address, at=now())
    except Refused as refused:
        raise Refused(refused.message, field="mentor_email") from None


def _offer_undo(public_id: str) -> None:
    offer_undo("Mentor session logged.", url_for("hours.undo_mentoring", public_id=public_id))


@hours.post("/mentoring/<public_id>/undo")
@signed_in
def undo_mentoring(public_id: str) -> Response:
    if len(public_id) != 22:
        raise NotFound
    take_back_mentoring(current_user, public_id, at=now())
    db.session.commit()
    flash("Taken back. Nothing was counted.", "good")
    return redirect(url_for("hours.mentoring"), 303)
