"""Taking over a log on the page: choose a file, look at every row, confirm, and undo it afterwards."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response

from credentials.coaching_log.importing import looking, taking, undoing
from credentials.doors import hours
from foundation.access import signed_in
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused
from foundation.forms import Form
from foundation.limits import limiter


class ImportForm(Form):
    """A file from the trainee's own machine."""

    file = FileField("Your log", validators=[FileRequired("Choose the file with your log.")])


@hours.route("/log/import", methods=["GET", "POST"])
@signed_in
@limiter.limit("60/hour", methods=["POST"])
def import_log() -> str | Response:
    form = ImportForm()
    if form.validate_on_submit():
        try:
            shown = looking.show(current_user, form.file.data.read(), form.file.data.filename or "", at=now())
            db.session.commit()
            return redirect(url_for("hours.import_shown", public_id=shown.public_id), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    return render_template("credentials/import.html", form=form, imports=taking.imports_of(current_user))


@hours.get("/imports/<public_id>")
@signed_in
def import_shown(public_id: str) -> str:
    """A file that is looked at, on its way into the log, in it, or out of it again: the page says which."""
    shown = taking.import_of(current_user, public_id)
    return render_template("credentials/import_one.html", shown=shown, look=looking.look_of(shown))


@hours.post("/imports/<public_id>")
@signed_in
def confirm_import(public_id: str) -> Response:
    try:
        taking.confirm(taking.import_of(current_user, public_id), user=current_user, at=now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(url_for("hours.import_shown", public_id=public_id), 303)


@hours.post("/imports/<public_id>/drop")
@signed_in
def drop_import(public_id: str) -> Response:
    looking.drop(taking.import_of(current_user, public_id))
    db.session.commit()
    flash("Put away. Nothing was written, and the file is gone from here.", "good")
    return redirect(url_for("hours.import_log"), 303)


@hours.post("/imports/<public_id>/undo")
@signed_in
def undo_import(public_id: str) -> Response:
    try:
        undoing.undo(taking.import_of(current_user, public_id), at=now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(url_for("hours.import_shown", public_id=public_id), 303)
