"""Staff: letters, those that did not arrive above all."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from foundation.access import staff
from foundation.clock import now
from foundation.db import db
from foundation.paging import paginate
from foundation.states import MoveRefused
from mail import queries, settling, standing
from mail.counting import counts
from mail.rendering import without_private_links
from mail.showing import framed, linked

staff_mail = Blueprint("staff_mail", __name__, url_prefix="/staff/letters")


@staff_mail.get("")
@staff("admissions", "registrar")
def letters() -> str:
    wanted = queries.Wanted.read(request.args)
    page = paginate(queries.letters(wanted), request.args.get("page", 1, type=int))
    return render_template(
        "staff/mail/letters.html",
        page=page,
        wanted=wanted,
        counts=counts(),
        standstill=standing.current(now()),
        page_url=lambda number: url_for("staff_mail.letters", **wanted.as_args(), page=number),
    )


@staff_mail.get("/<public_id>")
@staff("admissions", "registrar")
def letter(public_id: str) -> str:
    found = queries.letter(public_id)
    text = linked(without_private_links(found.text or ""))
    return render_template("staff/mail/letter.html", letter=found, text=text, told=queries.told(found))


@staff_mail.get("/<public_id>/html")
@staff("admissions", "registrar")
def letter_html(public_id: str) -> Response:
    return framed(without_private_links(queries.letter(public_id).html or ""))


@staff_mail.post("/<public_id>/again")
@staff("admissions", "registrar")
def send_again(public_id: str) -> Response:
    found = queries.letter(public_id)
    try:
        settling.send_again(found, actor=current_user, at=now())
        db.session.commit()
        flash("The letter is in the queue again.", "good")
    except MoveRefused:
        flash("This letter has been sent, or is being sent just now.", "bad")
    return redirect(url_for("staff_mail.letter", public_id=public_id), 303)
