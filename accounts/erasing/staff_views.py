"""Staff: who asked to be erased, and an owner who sees to it at once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.erasing import asking, carrying_out
from accounts.erasing.forms import WITHDRAW, EraseNowForm
from accounts.erasing.listing import STATES, as_rows, found
from accounts.erasing.showing import told
from accounts.models import User
from foundation.access import staff
from foundation.clock import now
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.paging import paginate

staff_erasures = Blueprint("staff_erasures", __name__, url_prefix="/staff")

Page = str | Response | tuple[str, int]


@staff_erasures.get("/people/erasures")
@staff("registrar")
def listing() -> str | Response:
    state = request.args.get("state", "")
    if request.args.get("format") == "csv":
        header = ["Person", "State", "Asked", "Due", "Ended", "Papers", "By", "Held up by"]
        return csv_response("erasures.csv", header, as_rows(db.session.scalars(found(state))))
    here: dict[str, Any] = {"state": state} if state else {}
    return render_template(
        "staff/accounts/erasures.html",
        page=paginate(found(state), request.args.get("page", 1, type=int), per=40),
        state=state,
        choices=[("", "All"), *((str(key), words) for key, (words, _) in STATES.items())],
        words=STATES,
        export=url_for("staff_erasures.listing", format="csv", **here),
        page_url=lambda number: url_for("staff_erasures.listing", page=number, **here),
    )


@staff_erasures.route("/people/<int:user_id>/erase", methods=["GET", "POST"])
@staff("owner")
def erase(user_id: int) -> Page:
    """At once, with a reason: for somebody who can't wait, or can't sign in."""
    user, form = _person(user_id), EraseNowForm()
    if not form.validate_on_submit():
        return _page(user, form)
    at = now()
    try:
        withdraws = form.papers.data == WITHDRAW
        made = asking.ask_at_once(user, actor=current_user, reason=str(form.reason.data), withdraws=withdraws, at=at)
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _page(_person(user_id), form)
    erasure_id, done = made.id, carrying_out.carry_out(made.id, at=at)
    db.session.commit()
    if done:
        carrying_out.go_over(erasure_id, at=now())
        db.session.commit()
    flash("Erased. What had to stay is on the person’s page." if done else "It is being done already.", "good")
    return redirect(url_for("staff_erasures.listing"), 303)


def _person(user_id: int) -> User:
    user = db.session.get(User, user_id)
    if user is None or user.erased_at is not None:
        raise NotFound
    return user


def _page(user: User, form: EraseNowForm) -> Page:
    page = render_template(
        "staff/accounts/erase.html",
        person=user,
        form=form,
        told=told(),
        waiting=asking.waiting(user.id),
        matters=asking.open_matters(user, now()),
    )
    return (page, 422) if form.has_errors or form.form_errors else page
