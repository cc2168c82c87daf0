"""Staff: a cohort's timetable, laid by a weekly pattern with a look before, then changed class by class."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload
from werkzeug.wrappers import Response

from accounts.models import Role, RoleName, User
from courseware.doors import staff_classes
from courseware.models import Lesson, LessonKind, LiveClass, Module
from courseware.timetable import changing, laying, patterns
from courseware.timetable.forms import CallOffForm, ChangeForm, ClassForm, PatternForm, begun, filled
from courseware.timetable.patterns import Slot
from enrollment.cohorts.staff_views import cohort_named
from enrollment.models import Cohort
from foundation.access import staff
from foundation.clock import now
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.filters import count, iso

Page = str | Response | tuple[str, int]
HEADER = ["Class", "Begins (UTC)", "Begins there", "Minutes", "Core minutes", "Taught by", "Lesson", "State"]


@dataclass(frozen=True, slots=True)
class Row:
    """A class in the timetable; `offset` says how far the wall there is from UTC, `is_new` that it changed."""

    one: LiveClass
    offset: str
    is_new: bool


@staff_classes.get("/cohorts/<code>/timetable")
@staff("registrar", "admissions", "instructor")
def timetable(code: str) -> str | FlaskResponse:
    cohort = cohort_named(code)
    rows = _rows(cohort)
    if request.args.get("format") == "csv":
        return csv_response(f"timetable-{code}.csv", HEADER, [_line(row, cohort) for row in rows])
    return render_template(
        "staff/courseware/timetable.html", cohort=cohort, rows=rows, at=now(), may_write=_may_write(cohort)
    )


def _may_write(cohort: Cohort) -> bool:
    return cohort.cancelled_at is None and any(current_user.has_role(role) for role in ("registrar", "owner"))


def _rows(cohort: Cohort) -> list[Row]:
    query = (
        select(LiveClass)
        .where(LiveClass.cohort_id == cohort.id)
        .options(joinedload(LiveClass.instructor).options(lazyload(User.roles)), joinedload(LiveClass.lesson))
        .order_by(LiveClass.starts_at, LiveClass.id)
    )
    offsets = [(one, patterns.offset_at(one.starts_at, cohort.time_zone)) for one in db.session.scalars(query)]
    before = [offset for _, offset in offsets[:1]] + [offset for _, offset in offsets]
    return [Row(one, offset, offset != was) for (one, offset), was in zip(offsets, before, strict=False)]


def _line(row: Row, cohort: Cohort) -> list[object]:
    one = row.one
    there = one.starts_at.astimezone(cohort.zone).strftime("%Y-%m-%d %H:%M")
    who, lesson = one.instructor.name if one.instructor else "", one.lesson.title if one.lesson else ""
    state = "called off" if one.called_off_at else "takes place"
    return [one.title, iso(one.starts_at), f"{there} {row.offset}", one.minutes, one.core_minutes, who, lesson, state]


@staff_classes.route("/cohorts/<code>/timetable/new", methods=["GET", "POST"])
@staff("registrar")
def new_classes(code: str) -> Page:
    """First looked at, over every edge of summer time; then laid."""
    cohort = cohort_named(code)
    form = PatternForm(data=begun(cohort)) if request.method == "GET" else PatternForm()
    _offer_choices(form, cohort)
    if not form.validate_on_submit():
        return _new_page(cohort, form, None)
    try:
        slots = patterns.slots(form.pattern(), cohort.time_zone)
        if request.form.get("do") != "lay":
            return _new_page(cohort, form, slots)
        made = laying.lay(cohort, slots, form.draft(), actor=current_user, at=now())
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _new_page(cohort_named(code), form, None)
    db.session.commit()
    flash(f"{count(len(made), 'class', 'classes')} added." if made else "All of them stood already.", "good")
    return redirect(url_for("staff_classes.timetable", code=code), 303)


def _new_page(cohort: Cohort, form: PatternForm, slots: list[Slot] | None) -> Page:
    known: set[datetime] = laying.standing(cohort) if slots else set()
    page = render_template("staff/courseware/timetable_new.html", cohort=cohort, form=form, slots=slots, known=known)
    return (page, 422) if form.has_errors else page


def _offer_choices(form: ClassForm, cohort: Cohort) -> None:
    taught = (Lesson.program_id == cohort.program_id, Lesson.kind == LessonKind.LIVE_CLASS)
    lessons = select(Lesson.id, Lesson.title).join(Module).where(*taught)
    lessons = lessons.order_by(Module.position, Module.id, Lesson.position, Lesson.id)
    teaches = User.roles.any(Role.name == RoleName.INSTRUCTOR)
    teachers = select(User.id, User.name).where(teaches, User.active).order_by(User.name, User.id)
    form.offer_choices(
        [(row[0], row[1]) for row in db.session.execute(lessons)],
        [(row[0], row[1]) for row in db.session.execute(teachers)],
    )


def _class(code: str, public_id: str) -> LiveClass:
    query = select(LiveClass).options(joinedload(LiveClass.cohort).joinedload(Cohort.program))
    found = db.session.scalar(query.where(LiveClass.public_id == public_id))
    if found is None or found.cohort.code != code:
        raise NotFound
    return found


@staff_classes.route("/cohorts/<code>/timetable/<public_id>", methods=["GET", "POST"])
@staff("registrar")
def change_class(code: str, public_id: str) -> Page:
    one = _class(code, public_id)
    form = ChangeForm(data=filled(one)) if request.method == "GET" else ChangeForm()
    _offer_choices(form, one.cohort)
    if not form.validate_on_submit():
        return _class_page(one, form, None)
    try:
        moment, draft = form.moment(one), form.draft()
        is_new = changing.change(one, moment, draft, seen=form.sequence, actor=current_user, at=now())
    except Refused as refused:
        db.session.rollback()
        one = _class(code, public_id)
        form.refuse(refused)
        form.seen.data = str(one.sequence)
        return _class_page(one, form, None)
    db.session.commit()
    flash("Saved. The enrolled are told of a new hour or room." if is_new else "Nothing had changed.", "good")
    return redirect(url_for("staff_classes.timetable", code=code), 303)


def _class_page(one: LiveClass, form: ChangeForm | None, off: CallOffForm | None) -> Page:
    if form is None:
        form = ChangeForm(formdata=None, data=filled(one))
        _offer_choices(form, one.cohort)
    page = render_template(
        "staff/courseware/timetable_class.html",
        one=one,
        form=form,
        off=off or CallOffForm(formdata=None, data={"seen": str(one.sequence)}),
        at=now(),
    )
    return (page, 422) if form.has_errors or (off is not None and off.has_errors) else page


@staff_classes.post("/cohorts/<code>/timetable/<public_id>/call-off")
@staff("registrar")
def call_off_class(code: str, public_id: str) -> Page:
    one, form = _class(code, public_id), CallOffForm()
    if not form.validate():
        return _class_page(one, None, form)
    try:
        why = str(form.reason.data)
        changing.call_off(one, reason=why, seen=form.sequence, actor=current_user, at=now())
    except Refused as refused:
        db.session.rollback()
        one = _class(code, public_id)
        form.refuse(Refused(refused.message, "reason"))
        form.seen.data = str(one.sequence)
        return _class_page(one, None, form)
    db.session.commit()
    flash(f"{one.title} is called off, and the enrolled are told.", "good")
    return redirect(url_for("staff_classes.timetable", code=code), 303)
