"""A person's own account."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_login import current_user
from flask_security.utils import logout_user
from werkzeug.wrappers import Response

from accounts.forms import ProfileForm
from accounts.identifying import sign_out_everywhere
from foundation.access import signed_in
from foundation.clock import now
from foundation.db import db

account = Blueprint("account", __name__)


@account.route("/account", methods=["GET", "POST"])
@signed_in
def profile() -> str | tuple[str, int] | Response:
    form = ProfileForm(obj=current_user)
    if form.validate_on_submit():
        form.populate_obj(current_user)
        db.session.commit()
        flash("Saved.", "good")
        return redirect(url_for("account.profile"), 303)
    page = render_template(
        "accounts/profile.html",
        form=form,
        payments_href=_there("orders.mine"),
        changes_href=_there("changes.mine"),
        coach_href=_coach(),
    )
    return (page, 422) if form.errors else page


def _there(endpoint: str) -> str | None:
    """The address of a page of a room above, where that room is open."""
    return url_for(endpoint) if endpoint in current_app.view_functions else None


def _coach() -> str | None:
    return _there("coach_profile.own") if current_user.has_role("graduate") else None


@account.post("/account/sign-out-everywhere")
@signed_in
def leave_everywhere() -> Response:
    sign_out_everywhere(current_user, now())
    db.session.commit()
    logout_user()
    flash("Signed out on every device. Sign in again where you want to be.", "good")
    return redirect(url_for("security.login"), 303)
