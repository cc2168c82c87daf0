"""The page of peer exchange: what was given, what came back, and how that counts."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import DateField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from credentials.asking import offer_undo
from credentials.coaching_log.peers import note_received, peer_hour_of, received_of, take_back_received
from credentials.doors import hours
from credentials.models import CoachingSession, Payment, PeerHour
from credentials.peering import balance_of, received_minutes
from credentials.profiling import is_reversed
from foundation.access import signed_in
from foundation.clock import now, today
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import hours as in_words
from foundation.forms import Form, stripped


class ReceivedForm(Form):
    """A session in which the trainee was the client."""

    on = DateField("Day", validators=[InputRequired("Choose the day.")])
    minutes = IntegerField(
        "Minutes",
        default=60,
        validators=[InputRequired("Say how many minutes."), NumberRange(1, 720, "Between 1 minute and 12 hours.")],
    )
    peer = StringField("Who coached me", filters=[stripped], validators=[Optional(), Length(max=120)])


@hours.route("/peers", methods=["GET", "POST"])
@signed_in
def peers() -> str | Response:
    form = ReceivedForm(data={"on": today(current_user.time_zone), "minutes": 60})
    if form.validate_on_submit():
        try:
            noted = _note(form)
            db.session.commit()
            offer_undo(
                f"Noted: {in_words(noted.minutes)} received.", url_for("hours.undo_peer", public_id=noted.public_id)
            )
            return redirect(url_for("hours.peers"), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    balance = balance_of(_given(), received_minutes(current_user.id))
    return render_template("credentials/peers.html", form=form, balance=balance, received=received_of(current_user))


@hours.post("/peers/<public_id>/undo")
@signed_in
def undo_peer(public_id: str) -> Response:
    take_back_received(peer_hour_of(current_user, public_id), user=current_user, at=now())
    db.session.commit()
    flash("Taken back.", "good")
    return redirect(url_for("hours.peers"), 303)


def _given() -> list[CoachingSession]:
    exchanged = (CoachingSession.user_id == current_user.id, CoachingSession.payment == Payment.PEER_EXCHANGE)
    query = select(CoachingSession).where(*exchanged, ~is_reversed(CoachingSession.entry_id))
    return list(db.session.scalars(query))


def _note(form: ReceivedForm) -> PeerHour:
    assert form.on.data and form.minutes.data
    peer = form.peer.data or ""
    return note_received(current_user, on=form.on.data, minutes=form.minutes.data, peer=peer, at=now())
