"""A person's own wish to be erased: what goes and what stays, asked for with the password, taken back by a click."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.erasing import asking
from accounts.erasing.forms import WITHDRAW, EraseForm
from accounts.erasing.showing import told
from accounts.models import User
from accounts.privacy.views import account
from foundation.access import public, signed_in
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.limits import limiter

__all__ = ["account"]

Page = str | Response | tuple[str, int]


@account.route("/account/erase", methods=["GET", "POST"])
@signed_in
@limiter.limit("10/hour", methods=["POST"])
def erase() -> Page:
    form = EraseForm()
    if not form.validate_on_submit():
        return _page(form)
    user = db.session.get_one(User, current_user.id)
    if not user.password or not user.verify_and_update_password(str(form.password.data)):
        form.refuse(Refused("This is not your password.", "password"))
        return _page(form)
    try:
        asking.ask(user, withdraws=form.papers.data == WITHDRAW, at=now())
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _page(form)
    db.session.commit()
    flash("We have written to you, with a link that takes it back.", "wait")
    return redirect(url_for("account.erase"), 303)


def _page(form: EraseForm) -> Page:
    found = asking.open_matters(current_user, now())
    page = render_template(
        "accounts/erase.html",
        form=form,
        told=told(),
        waiting=asking.waiting(current_user.id),
        matters=[(one, _there(one.href)) for one in found],
        is_barred=any(one.bars for one in found),
        days=asking.GRACE.days,
        has_password=bool(db.session.get_one(User, current_user.id).password),
    )
    return (page, 422) if form.has_errors or form.form_errors else page


def _there(endpoint: str) -> str | None:
    return url_for(endpoint) if endpoint in current_app.view_functions else None


@account.post("/account/erase/take-back")
@signed_in
def keep_account() -> Response:
    waiting = asking.waiting(current_user.id)
    if waiting is not None:
        asking.take_back(waiting, at=now())
        db.session.commit()
    flash("Taken back: your account stays as it is.", "good")
    return redirect(url_for("account.erase"), 303)


@account.route("/account/erase/<token>", methods=["GET", "POST"])
@public
@limiter.limit("60 per 10 minutes")
def keep_by_letter(token: str) -> Page:
    """GET shows one button, as mail scanners follow links; POST acts. The link is enough to prove who asks."""
    try:
        made = asking.by_token(token)
        if request.method == "POST":
            asking.take_back(made, at=now())
            db.session.commit()
            return redirect(url_for("account.keep_by_letter", token=token), 303)
    except (Refused, NotFound) as refused:
        db.session.rollback()
        words = refused.message if isinstance(refused, Refused) else "There is nothing to take back."
        return render_template("accounts/erase_gone.html", words=words), 410
    return render_template("accounts/erase_letter.html", made=made, token=token)
