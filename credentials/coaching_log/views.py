"""The trainee's coaching log. Every name on these pages belongs to the reader alone."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as AnyResponse

from credentials.asking import offer_undo, page_number, page_url, with_filters
from credentials.coaching_log import logging_sessions
from credentials.coaching_log.forms import NEW, OTHER, USUAL, SessionForm
from credentials.coaching_log.keeping_clients import clients_of
from credentials.coaching_log.queries import Wish, history_of, minutes_of, sessions_of
from credentials.coaching_log.taking_in import client_in, offer_clients, take_in
from credentials.coaching_log.wishing import choices, wish_asked
from credentials.doors import hours
from credentials.models import Client, CoachingSession, Format, Kind
from credentials.summing import totals_of
from credentials.wording import PAYMENTS, STATES
from foundation.access import signed_in
from foundation.clock import now, today
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import hours as in_words
from foundation.paging import Page, paginate


@hours.route("/log", methods=["GET", "POST"])
@signed_in
def log() -> str | AnyResponse:
    clients, wish = clients_of(current_user), wish_asked()
    page = _page(wish, clients)
    form = SessionForm(data=_usual(page, clients))
    offer_clients(form, current_user, clients)
    if form.validate_on_submit():
        try:
            session = take_in(form, current_user, at=now())
            db.session.commit()
            _offer_undo(session)
            return redirect(url_for("hours.log"), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    return render_template(
        "credentials/log.html",
        form=form,
        page=page,
        url=page_url(),
        wish=wish,
        has_any=bool(clients),
        offered=choices(clients),
        found=minutes_of(sessions_of(current_user, wish, clients)) if wish.asks else None,
        paper=with_filters("hours.log_on_paper"),
        payment_words=PAYMENTS,
        state_words=STATES,
        sorts=_sorts(wish),
        csv=with_filters("hours.log_csv"),
        total=totals_of(current_user.id).minutes(Kind.COACHING),
        more=_needs_more(form),
    )


def _page(wish: Wish, clients: list[Client]) -> Page[Any]:
    query = sessions_of(current_user, wish, clients).options(joinedload(CoachingSession.entry))
    return paginate(query, page_number(), per=15, scalars=False)


def _usual(page: Page[Any], clients: list[Client]) -> dict[str, Any]:
    """What was true last time is offered again."""
    known = [client for client in clients if not client.forgotten_at]
    usual = {"client": known[0].public_id if known else NEW, "on": today(current_user.time_zone)}
    last = next((session for session, _ in page.items), None)
    return usual | ({"payment": str(last.payment)} if last else {})


def _offer_undo(session: CoachingSession) -> None:
    words = f"Logged: {in_words(session.minutes)} with {session.client.code}."
    offer_undo(words, url_for("hours.undo_session", public_id=session.public_id))


def _needs_more(form: SessionForm) -> bool:
    """Whether the part of the form that is folded away holds something to see."""
    folded = (form.starts, form.notes, form.participants)
    return any(field.errors or field.data for field in folded) or form.format.data == Format.GROUP


def _sorts(wish: Wish) -> dict[str, dict[str, Any]]:
    """The heads of the columns that sort, each with the address of the other way round."""
    made = {}
    for name in ("day", "minutes"):
        down = wish.sort == f"-{name}"
        asked: dict[str, Any] = request.args.to_dict() | {"sort": name if down else f"-{name}"}
        asked.pop("page", None)
        direction = "descending" if down else "ascending" if wish.sort == name else None
        made[name] = {"href": url_for("hours.log", **asked), "sorted": direction}
    return made


@hours.get("/log.csv")
@signed_in
def log_csv() -> Response:
    clients = clients_of(current_user)
    found = db.session.execute(sessions_of(current_user, wish_asked(), clients))
    header = [
        "Day",
        "Until",
        "Client",
        "Code",
        "Contact",
        "Minutes",
        "Individual or group",
        "People",
        "Paid how",
        "State",
    ]
    rows = [
        [
            session.on.isoformat(),
            session.until.isoformat() if session.until else "",
            session.client.name,
            session.client.code,
            session.client.contact,
            session.minutes,
            str(session.format),
            session.participants,
            PAYMENTS[session.payment],
            STATES[review.state][0],
        ]
        for session, review in found
    ]
    return csv_response("coaching-log.csv", header, rows)


@hours.route("/log/<public_id>", methods=["GET", "POST"])
@signed_in
def correct_session(public_id: str) -> str | AnyResponse:
    session = logging_sessions.session_of(current_user, public_id)
    form = SessionForm(data=_of(session))
    offer_clients(form, current_user, clients_of(current_user), keep=session.client)
    if session.until is None and form.validate_on_submit():
        try:
            mended = logging_sessions.correct(
                session, form.told(client_in(form, current_user, at=now())), user=current_user, at=now()
            )
            db.session.commit()
            flash("Corrected. The earlier line stays in the history, reversed.", "good")
            return redirect(url_for("hours.correct_session", public_id=mended.public_id), 303)
        except Refused as refused:
            db.session.rollback()
            session = logging_sessions.session_of(current_user, public_id)
            form.refuse(refused)
    return render_template(
        "credentials/session.html",
        form=form,
        session=session,
        history=history_of(session),
        payment_words=PAYMENTS,
        more=_needs_more(form),
    )


def _of(session: CoachingSession) -> dict[str, Any]:
    usual = str(session.minutes) in {value for value, _ in USUAL}
    starts = session.started_at.astimezone(ZoneInfo(current_user.time_zone)).time() if session.started_at else None
    return {
        "client": session.client.public_id,
        "on": session.on,
        "minutes": str(session.minutes) if usual else OTHER,
        "other_minutes": None if usual else session.minutes,
        "payment": str(session.payment),
        "format": str(session.format),
        "participants": session.participants if session.format == Format.GROUP else None,
        "starts": starts,
        "notes": session.notes,
    }


@hours.post("/log/<public_id>/undo")
@signed_in
def undo_session(public_id: str) -> AnyResponse:
    session = logging_sessions.session_of(current_user, public_id)
    logging_sessions.take_back(session, user=current_user, at=now())
    db.session.commit()
    flash("Taken back. Nothing was counted.", "good")
    return redirect(url_for("hours.log"), 303)
