"""A trainee hands in a make-up, sees where it stands, and may take it back while it waits."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from courseware.attendance.checking_in import place_in
from courseware.doors import learn
from courseware.makeups.forms import WAYS, MakeUpForm
from courseware.makeups.making_up import chance_of, hand_in, withdraw
from courseware.models import LiveClass, MakeUpState
from courseware.queries import own_enrollment
from enrollment.models import Enrollment
from foundation.access import signed_in
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.limits import limiter


@learn.route("/<enrollment>/class/<public_id>/make-up", methods=["GET", "POST"])
@signed_in
@limiter.limit("60/hour", methods=["POST"])
def make_up(enrollment: str, public_id: str) -> Any:
    mine, live_class = _own(enrollment, public_id)
    chance, form = chance_of(mine, live_class, at=now()), MakeUpForm()
    if chance.rule is not None:
        form.fit(chance.rule)
        if form.is_submitted() and form.validate():
            try:
                hand_in(mine, live_class, form.told(), actor=current_user, at=now())
                db.session.commit()
                flash("Handed in. Your instructor looks at it, and you get a letter.", "good")
                return redirect(_address(enrollment, public_id), 303)
            except Refused as refused:
                db.session.rollback()
                form.refuse(refused)
                mine, live_class = _own(enrollment, public_id)
                chance = chance_of(mine, live_class, at=now())
    page = render_template(
        "courseware/make_up.html",
        enrollment=mine,
        live_class=live_class,
        chance=chance,
        form=form,
        ways=WAYS,
        last_mended=next((one for one in chance.history if one.state == MakeUpState.RETURNED), None),
    )
    return page, 422 if form.errors else 200


@learn.post("/<enrollment>/class/<public_id>/make-up/withdraw")
@signed_in
def withdraw_make_up(enrollment: str, public_id: str) -> Response:
    mine, live_class = _own(enrollment, public_id)
    waiting = chance_of(mine, live_class, at=now()).latest
    if waiting is None:
        raise NotFound
    try:
        withdraw(waiting, actor=current_user, at=now())
        db.session.commit()
        flash("Taken back. You can hand it in anew.", "good")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(_address(enrollment, public_id), 303)


def _own(enrollment: str, public_id: str) -> tuple[Enrollment, LiveClass]:
    mine, live_class = place_in(current_user.id, public_id)
    if mine.public_id != enrollment:
        own_enrollment(current_user.id, enrollment)
        raise NotFound
    return mine, live_class


def _address(enrollment: str, public_id: str) -> str:
    return url_for("learn.make_up", enrollment=enrollment, public_id=public_id)
