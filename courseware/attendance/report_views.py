"""A meeting room's report on the staff's pages: bring it, look at every line, save it to the sheet."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from courseware.attendance.forms import ReportFileForm, look_form
from courseware.attendance.reports import taking
from courseware.attendance.sheets import class_clock
from courseware.attending import latest_mark_id
from courseware.doors import MARKING, staff_classes
from courseware.models import AttendanceReport, LiveClass, ReportState
from courseware.staff_queries import class_for, sheet
from foundation.access import staff
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import count
from foundation.limits import limiter

LOOK_AGAIN = "You changed how the report is read. This is what it says now; save it if it is right."


@staff_classes.route("/classes/<int:class_id>/report", methods=["GET", "POST"])
@staff(*MARKING)
@limiter.limit("120/hour", methods=["POST"])
def bring_report(class_id: int) -> Any:
    live_class, form = class_for(current_user, class_id), ReportFileForm()
    if form.validate_on_submit():
        try:
            data, name = form.file.data.read(), form.file.data.filename or ""
            kept = taking.bring(live_class, data, name, zones=_zones(live_class), actor=current_user, at=now())
            db.session.commit()
            return redirect(_address(kept), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    live_class = class_for(current_user, class_id)
    reports = taking.saved_reports(live_class)
    page = render_template("staff/courseware/report.html", live_class=live_class, form=form, reports=reports, at=now())
    return page, 422 if form.errors else 200


@staff_classes.route("/classes/<int:class_id>/reports/<public_id>", methods=["GET", "POST"])
@staff(*MARKING)
def report(class_id: int, public_id: str) -> Any:
    live_class = class_for(current_user, class_id)
    kept = taking.report_of(live_class, public_id)
    if kept.state == ReportState.SAVED:
        return _saved(kept, live_class)
    plan, people = taking.look(kept, live_class), sheet(live_class)
    form = look_form(plan, people)(time_zone=kept.time_zone)
    if form.is_submitted() and form.validate():
        try:
            return _answered(form, kept, live_class)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    form.seen.data = str(latest_mark_id(class_id))
    page = render_template(
        "staff/courseware/report_shown.html",
        live_class=live_class,
        kept=kept,
        plan=plan,
        form=form,
        clock=class_clock(live_class),
    )
    return page, 422 if form.errors else 200


def _answered(form: Any, kept: AttendanceReport, live_class: LiveClass) -> Response:
    """What is saved was seen before: where who is who or the zone has just changed, it is shown once more."""
    plan = taking.look(kept, live_class)
    if taking.answer(kept, time_zone=form.time_zone.data, picks=form.picks(plan)) or request.form.get("act") != "save":
        db.session.commit()
        flash(LOOK_AGAIN, "note")
        return redirect(_address(kept), 303)
    seen = int(form.seen.data) if str(form.seen.data).isdecimal() and len(form.seen.data) < 19 else None
    changed = taking.save(
        kept,
        live_class,
        absent=form.absent.data,
        keep_saved=form.keep_saved.data,
        reason=form.reason.data or "",
        seen=seen,
        actor=current_user,
        at=now(),
    )
    db.session.commit()
    flash(f"Saved: {count(changed, 'mark')} new or changed." if changed else "Nothing had changed.", "good")
    return redirect(url_for("staff_classes.attendance", class_id=live_class.id), 303)


@staff_classes.post("/classes/<int:class_id>/reports/<public_id>/drop")
@staff(*MARKING)
def drop_report(class_id: int, public_id: str) -> Response:
    live_class = class_for(current_user, class_id)
    taking.drop(taking.report_of(live_class, public_id))
    db.session.commit()
    flash("Put away. Nothing was written, and the file is gone from here.", "good")
    return redirect(url_for("staff_classes.attendance", class_id=class_id), 303)


def _saved(kept: AttendanceReport, live_class: LiveClass) -> str:
    people = {person.enrollment_id: person.name for person in sheet(live_class)}
    return render_template("staff/courseware/report_saved.html", live_class=live_class, kept=kept, people=people)


def _zones(live_class: LiveClass) -> list[str]:
    """Whose clock the host's account may show, the likeliest first."""
    teachers = (live_class.instructor, live_class.cohort.instructor)
    theirs = [one.time_zone for one in teachers if one is not None]
    return [
        live_class.cohort.time_zone,
        *theirs,
        current_app.config["SETTINGS"].time_zone,
        current_user.time_zone,
        "UTC",
    ]


def _address(kept: AttendanceReport) -> str:
    return url_for("staff_classes.report", class_id=kept.live_class_id, public_id=kept.public_id)
