"""The waitlist's pages: join the line of a full cohort, see one's place, take, decline, leave."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from flask_security.confirmable import send_confirmation_instructions
from flask_security.utils import login_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from accounts import joining
from accounts.models import User
from enrollment import admitting
from enrollment.models import Cohort
from enrollment.waitlist import queries, queueing, standing
from enrollment.waitlist.forms import NewcomerForm, WaitForm, wait_form_for
from enrollment.waitlist.models import WaitlistEntry
from foundation.access import public
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused
from foundation.limits import limiter
from foundation.tokens import sign

waitlist = Blueprint("waitlist", __name__, url_prefix="/waitlist")

Page = str | Response | tuple[str, int]
Asked = WaitForm | NewcomerForm


@waitlist.get("/<code>")
@public
def line(code: str) -> Page:
    cohort = queries.cohort_shown(code)
    entry = queueing.in_line(current_user.id, cohort.id) if current_user.is_authenticated else None
    return redirect(_place(entry)) if entry else _line_page(cohort, wait_form_for(current_user))


@waitlist.post("/<code>")
@public
@limiter.limit("30 per 10 minutes")
def join(code: str) -> Page:
    cohort, form = queries.cohort_shown(code), wait_form_for(current_user)
    if not form.validate_on_submit():
        return _line_page(cohort, form)
    try:
        entry = _joined(code, form)
    except queueing.SeatsAreLeft as refused:
        db.session.rollback()
        flash(refused.message, "good")
        return redirect(f"/enroll/{code}", 303)
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _line_page(queries.cohort_named(code), form)
    return redirect(_place(entry), 303)


def _joined(code: str, form: Asked) -> WaitlistEntry:
    """Account and place in one transaction; where the same person came twice at once, the second finds the first."""
    for is_last in (False, True):
        try:
            user, is_new = _person(form, queries.cohort_named(code))
            if is_new:
                send_confirmation_instructions(user)  # type: ignore[no-untyped-call]
            entry = queueing.join(user, queries.cohort_named(code), at=now())
            db.session.commit()
            break
        except IntegrityError:
            db.session.rollback()
            if is_last:
                raise
    if not current_user.is_authenticated:
        login_user(user)
        db.session.commit()
    return entry


def _person(form: Asked, cohort: Cohort) -> tuple[User, bool]:
    if current_user.is_authenticated:
        return db.session.get_one(User, current_user.id), False
    assert isinstance(form, NewcomerForm)
    return joining.join(
        name=str(form.name.data),
        email=str(form.email.data),
        password=str(form.password.data),
        time_zone=cohort.time_zone,
        at=now(),
    )


def _line_page(cohort: Cohort, form: Asked) -> Page:
    at = now()
    stands = queries.doorway(current_user.id if current_user.is_authenticated else None, cohort, at=at)
    page = render_template(
        "enrollment/waitlist.html",
        cohort=cohort,
        form=form,
        state=_state(cohort, stands),
        numbers=standing.numbers(cohort, at),
    )
    return (page, 422) if form.has_errors else page


def _state(cohort: Cohort, stands: queries.Doorway) -> str:
    at = now()
    if stands.is_in:
        return "in"
    if cohort.cancelled_at is not None:
        return "called_off"
    asks = cohort.program.asks_application and cohort.is_open(at)
    if asks and admitting.acceptance(current_user, cohort, at=at) is None:
        return "apply"
    if at < cohort.opens_at:
        return "early"
    if not cohort.is_open(at):
        return "closed"
    return "seats" if stands.left else "full"


def _place(entry: WaitlistEntry) -> str:
    return url_for("waitlist.place", token=sign(queries.PURPOSE, entry.public_id))


@waitlist.get("/places/<token>")
@public
def place(token: str) -> Page:
    """Shows how one stands. Mail scanners follow links, so looking changes nothing."""
    try:
        entry = queries.by_token(token)
    except Refused as refused:
        return _broken(refused)
    return render_template("enrollment/waitlist_place.html", entry=entry, token=token, told=queries.told(entry, now()))


@waitlist.get("/places/<token>/accept")
@public
def accept(token: str) -> Page:
    """To the enrollment page, by way of signing in; the seat is theirs once they order it there."""
    try:
        entry = queries.by_token(token)
    except Refused as refused:
        return _broken(refused)
    if not entry.has_offer(now()) or (current_user.is_authenticated and current_user.id != entry.user_id):
        return redirect(url_for("waitlist.place", token=token))
    enroll = f"/enroll/{entry.cohort.code}"
    return redirect(enroll if current_user.is_authenticated else url_for("security.login", next=enroll))


@waitlist.route("/places/<token>/decline", methods=["GET", "POST"])
@public
def decline(token: str) -> Page:
    return _give_up(token, "decline", queueing.decline, "Declined. The seat goes to the next in line.")


@waitlist.route("/places/<token>/leave", methods=["GET", "POST"])
@public
def leave(token: str) -> Page:
    return _give_up(token, "leave", queueing.leave, "You have left the waitlist.")


def _give_up(token: str, act: str, verb: Callable[..., None], said: str) -> Page:
    """GET shows one button, POST acts; the link in a letter is enough to prove who asks."""
    try:
        entry = queries.by_token(token)
        if request.method == "GET":
            told = queries.told(entry, now())
            return render_template("enrollment/waitlist_act.html", entry=entry, token=token, act=act, told=told)
        verb(entry, at=now())
        db.session.commit()
        flash(said, "good")
    except Refused as refused:
        db.session.rollback()
        if request.method == "GET":
            return _broken(refused)
        flash(refused.message, "bad")
    return redirect(url_for("waitlist.place", token=token), 303)


def _broken(refused: Refused) -> tuple[str, int]:
    return render_template("enrollment/waitlist_broken.html", refused=refused), 410
