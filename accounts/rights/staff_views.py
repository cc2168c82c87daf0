"""Staff: an owner says who may do what, and asks new people in."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.models import STAFF_ROLES, User
from accounts.rights.forms import InviteForm, RightsForm
from accounts.rights.giving import invite, set_rights
from foundation.access import staff
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused

staff_rights = Blueprint("staff_rights", __name__, url_prefix="/staff/people")

Page = str | Response | tuple[str, int]


@staff_rights.route("/<int:user_id>/rights", methods=["GET", "POST"])
@staff("owner")
def person(user_id: int) -> Page:
    user = _person(user_id)
    held = [role.name for role in user.roles if role.name in STAFF_ROLES]
    form = RightsForm(data={"rights": held})
    if not form.validate_on_submit():
        return _page(user, form)
    try:
        set_rights(user, form.wanted, actor=current_user, at=now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _page(_person(user_id), form)
    flash(f"Saved. It holds from {user.name}’s next page on.", "good")
    return redirect(url_for("desk.person", user_id=user.id), 303)


@staff_rights.route("/new", methods=["GET", "POST"])
@staff("owner")
def new() -> Page:
    form = InviteForm()
    if not form.validate_on_submit():
        return _new(form)
    try:
        made = invite(
            email=form.email.data or "",
            name=form.name.data or "",
            rights=form.wanted,
            time_zone=current_app.config["SETTINGS"].time_zone,
            actor=current_user,
            at=now(),
        )
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _new(form)
    flash(f"{made.name} is asked in by letter, and chooses a password there.", "good")
    return redirect(url_for("desk.person", user_id=made.id), 303)


def _person(user_id: int) -> User:
    user = db.session.get(User, user_id)
    if user is None or user.erased_at is not None:
        raise NotFound
    return user


def _page(user: User, form: RightsForm) -> Page:
    page = render_template("staff/accounts/rights.html", person=user, form=form)
    return (page, 422) if form.errors else page


def _new(form: InviteForm) -> Page:
    page = render_template("staff/accounts/invite.html", form=form)
    return (page, 422) if form.errors else page
