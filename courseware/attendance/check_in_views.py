"""The door of a class: its code on the teacher's screen, one tap on the trainee's phone."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from courseware.attendance import codes
from courseware.attendance.checking_in import check_in, check_out, open_stay, place_in, stays_of
from courseware.attendance.forms import CodeForm
from courseware.doors import MARKING, classes, staff_classes
from courseware.models import LiveClass
from courseware.staff_queries import class_for, sheet
from credentials.certificates.documents import qr_code
from foundation.access import signed_in, staff
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import shown_time
from foundation.limits import limiter


def whoever_asks() -> str:
    """Many share the address of one classroom, so tries are counted by person."""
    return f"user:{current_user.get_id()}"


@staff_classes.get("/classes/<int:class_id>/check-in")
@staff(*MARKING)
def door(class_id: int) -> Any:
    live_class, at = class_for(current_user, class_id), now()
    stays = stays_of(class_id)
    people = [person for person in sheet(live_class) if person.enrollment_id in stays]
    page = render_template(
        "staff/courseware/door.html",
        live_class=live_class,
        is_open=codes.is_open(live_class, at),
        opens_at=codes.opens_at(live_class),
        code=codes.shown(codes.code_at(live_class, at)),
        address=_address(live_class),
        picture=Markup(qr_code(_address(live_class, codes.code_at(live_class, at)), scale=6)),  # noqa: S704 (drawn here)
        people=[(person.name, stays[person.enrollment_id]) for person in people],
        at=at,
    )
    return page, 200, {"Cache-Control": "no-store"}


@classes.route("/<public_id>/check-in", methods=["GET", "POST"])
@signed_in
@limiter.limit("10/minute;60/hour", methods=["POST"], key_func=whoever_asks)
def check_in_page(public_id: str) -> Any:
    mine, live_class = place_in(current_user.id, public_id)
    form = CodeForm(code=request.args.get("code", "")[:12])
    if form.validate_on_submit():
        try:
            there = check_in(mine, live_class, form.code.data or "", at=now())
            db.session.commit()
            flash(f"You are checked in since {shown_time(there.came_at)}.", "good")
            return redirect(_class_page(mine.public_id, public_id), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
            mine, live_class = place_in(current_user.id, public_id)
    page = render_template(
        "courseware/check_in.html",
        live_class=live_class,
        enrollment=mine,
        form=form,
        is_open=codes.is_open(live_class, now()),
        opens_at=codes.opens_at(live_class),
        there=open_stay(mine.id, live_class.id),
        at=now(),
    )
    return page, 422 if form.errors else 200


@classes.post("/<public_id>/check-out")
@signed_in
def check_out_now(public_id: str) -> Response:
    mine, live_class = place_in(current_user.id, public_id)
    gone = check_out(mine, live_class, at=now())
    db.session.commit()
    words = (
        f"You are checked out at {shown_time(gone.went_at)}." if gone and gone.went_at else "You are not checked in."
    )
    flash(words, "good" if gone else "note")
    return redirect(_class_page(mine.public_id, public_id), 303)


def _class_page(enrollment: str, public_id: str) -> str:
    return url_for("learn.live_class", enrollment=enrollment, public_id=public_id)


def _address(live_class: LiveClass, code: str | None = None) -> str:
    base = current_app.config["SETTINGS"].base_url.rstrip("/")
    return f"{base}{url_for('classes.check_in_page', public_id=live_class.public_id, code=code)}"
