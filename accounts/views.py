"""A person's own account."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.forms import ProfileForm
from foundation.access import signed_in
from foundation.db import db

account = Blueprint("account", __name__)


@account.route("/account", methods=["GET", "POST"])
@signed_in
def profile() -> str | Response:
    form = ProfileForm(obj=current_user)
    if form.validate_on_submit():
        form.populate_obj(current_user)
        db.session.commit()
        flash("Saved.", "good")
        return redirect(url_for("account.profile"), 303)
    payments = "orders.mine" in current_app.view_functions
    return render_template(
        "accounts/profile.html", form=form, payments_href=url_for("orders.mine") if payments else None
    )
