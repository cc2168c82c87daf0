"""What instructors and staff see: classes, attendance sheets, the content of courses."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user

from courseware.attendance import report_views
from courseware.attendance.checking_in import spans_in, stays_of
from courseware.attendance.reports.taking import saved_reports
from courseware.attendance.sheets import Read, class_clock, read_sheet
from courseware.attendance.timing import as_typed
from courseware.attending import latest_mark_id, record_attendance
from courseware.authoring import set_published
from courseware.doors import MARKING, staff_classes
from courseware.drafts import CourseDraft
from courseware.forms import CourseForm, sheet_form
from courseware.importing.sources import NotACourse
from courseware.importing.taking_in import import_course, read_course
from courseware.makeups import staff_views as make_up_views
from courseware.models import CheckIn, LessonKind, LiveClass
from courseware.queries import lesson_in
from courseware.quizzing import questions_of
from courseware.rendering import film_of, lesson_html
from courseware.staff_queries import (
    ClassRow,
    Person,
    class_for,
    class_list,
    class_row,
    course_list,
    lessons_of,
    program_by,
    sheet,
)
from courseware.timetable import staff_views as timetable_views
from credentials.asking import page_number, page_url
from foundation.access import staff
from foundation.clock import now
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import count
from foundation.paging import paginate

__all__ = ["make_up_views", "report_views", "staff_classes", "timetable_views"]

STATES = {"": "All", "open": "Not all are marked"}
CLASSES = ["Class", "Day", "Begins", "Clock of", "Minutes", "Program", "Cohort", "With", "Marked", "Expected"]
PUBLISHING = ("editor", "registrar", "owner")
READING = ("editor", "instructor", "registrar")


@staff_classes.get("/classes")
@staff(*MARKING)
def listing() -> Any:
    coming, words = request.args.get("show") != "past", request.args.get("words", "").strip()[:80]
    state = request.args.get("state", "") if request.args.get("state") in STATES else ""
    query = class_list(current_user, at=now(), coming=coming, words=words, open_only=state == "open")
    if request.args.get("format") == "csv":
        return csv_response("classes.csv", CLASSES, [_told(class_row(row)) for row in db.session.execute(query)])
    page = paginate(query, page_number(), scalars=False)
    page.items[:] = [class_row(row) for row in page.items]
    asked: dict[str, Any] = {"show": None if coming else "past", "words": words or None, "state": state or None}
    return render_template(
        "staff/courseware/classes.html",
        page=page,
        url=page_url(),
        coming=coming,
        words=words,
        state=state,
        states=list(STATES.items()),
        csv=url_for("staff_classes.listing", format="csv", **asked),
        at=now(),
    )


def _told(row: ClassRow) -> list[Any]:
    one, cohort = row.live_class, row.live_class.cohort
    began = one.starts_at.astimezone(cohort.zone)
    when = [began.date().isoformat(), f"{began:%H:%M}", cohort.time_zone, one.minutes]
    return [one.title, *when, cohort.program.title, cohort.title, row.instructor, row.marked, row.expected]


@staff_classes.route("/classes/<int:class_id>", methods=["GET", "POST"])
@staff(*MARKING)
def attendance(class_id: int) -> Any:
    live_class = class_for(current_user, class_id)
    people, stays = sheet(live_class), stays_of(class_id)
    form = sheet_form([(p.enrollment_id, p.name) for p in people])
    if request.method == "GET":
        _prefill(form, people, live_class, stays)
    elif form.validate_on_submit():
        try:
            if (changed := _save(form, people, live_class)) is not None:
                db.session.commit()
                flash(f"Saved: {count(changed, 'mark')} new or changed." if changed else "Nothing had changed.", "good")
                return redirect(url_for("staff_classes.attendance", class_id=class_id), 303)
        except Refused as refused:
            form.refuse(refused)
            people, form.seen.data = sheet(live_class), str(latest_mark_id(class_id))
    status = 200 if request.method == "GET" else 422
    page = render_template(
        "staff/courseware/attendance.html",
        live_class=live_class,
        people=people,
        form=form,
        clock=class_clock(live_class),
        reports=saved_reports(live_class),
        stays=stays,
        at=now(),
    )
    return page, status


def _prefill(form: Any, people: list[Person], live_class: LiveClass, stays: dict[int, list[CheckIn]]) -> None:
    """Who is not marked yet was there all the time, until somebody says otherwise.

    Where people checked in, their times stand; of the others nothing is known.
    """
    form.seen.data = str(latest_mark_id(live_class.id))
    for person in people:
        known = live_class.minutes if not stays else ""
        if person.enrollment_id in stays:
            known = as_typed(spans_in(live_class, stays[person.enrollment_id]), live_class.cohort.zone)
        minutes = person.minutes if person.minutes is not None else known
        form[f"minutes-{person.enrollment_id}"].data = str(minutes)


def _save(form: Any, people: list[Person], live_class: LiveClass) -> int | None:
    """How many marks are new or changed; None where a line can't be read, which then stands beside it."""
    read = _read(form, people, live_class)
    for refusal in read.refusals:
        form.refuse(refusal)
    if read.refusals:
        return None
    seen = int(form.seen.data) if str(form.seen.data).isdecimal() and len(form.seen.data) < 19 else None
    return record_attendance(
        live_class,
        read.minutes,
        times=read.times,
        seen=seen,
        actor=current_user,
        reason=form.reason.data or "",
        at=now(),
    )


def _read(form: Any, people: list[Person], live_class: LiveClass) -> Read:
    if request.form.get("all") == "present":
        unmarked = [p.enrollment_id for p in people if p.minutes is None]
        return Read(minutes=dict.fromkeys(unmarked, live_class.minutes))
    absent = {int(value) for value in request.form.getlist("absent") if value.isdecimal() and len(value) < 19}
    written = {p.enrollment_id: form[f"minutes-{p.enrollment_id}"].data or "" for p in people}
    return read_sheet(written, absent, live_class)


@staff_classes.get("/classes/<int:class_id>/print")
@staff(*MARKING)
def on_paper(class_id: int) -> str:
    live_class = class_for(current_user, class_id)
    return render_template("staff/courseware/paper.html", live_class=live_class, people=sheet(live_class))


@staff_classes.get("/classes/<int:class_id>.csv")
@staff(*MARKING)
def as_csv(class_id: int) -> Any:
    live_class = class_for(current_user, class_id)
    header = ["Name", "Email", "Enrollment", "Minutes", "Of", "Reason of the last change"]
    rows = [
        [p.name, p.email, str(p.state), "" if p.minutes is None else p.minutes, live_class.minutes, p.reason]
        for p in sheet(live_class)
    ]
    return csv_response(f"attendance-{live_class.id}.csv", header, rows)


@staff_classes.get("/courses")
@staff(*READING)
def courses() -> str:
    may_take_in = any(current_user.has_role(role) for role in PUBLISHING)
    return render_template("staff/courseware/courses.html", courses=course_list(), may_take_in=may_take_in)


@staff_classes.route("/courses/import", methods=["GET", "POST"])
@staff("editor", "registrar")
def take_in() -> Any:
    form, report = CourseForm(), None
    if form.validate_on_submit():
        try:
            report = import_course(_uploaded(form.course.data), at=now())
            if form.only_try.data:
                db.session.rollback()
            else:
                db.session.commit()
        except NotACourse as error:
            form.refuse(Refused(f"{str(error)[:1].upper()}{str(error)[1:]}.", field="course"))
    page = render_template("staff/courseware/take_in.html", form=form, report=report, tried=bool(form.only_try.data))
    return page, 422 if form.errors or form.form_errors else 200


def _uploaded(upload: Any) -> CourseDraft:
    """The course in a file that was sent: read from a copy that is gone afterwards."""
    name = Path(upload.filename or "course").stem[:100] or "course"
    with NamedTemporaryFile(suffix=Path(upload.filename or "").suffix[:10]) as copy:
        upload.save(copy)
        copy.flush()
        try:
            return read_course(Path(copy.name), name)
        except NotACourse as error:
            raise NotACourse(str(error).replace(copy.name, name)) from None


@staff_classes.get("/courses/<slug>")
@staff(*READING)
def content(slug: str) -> str:
    program = program_by(slug)
    modules = [(module, list(found)) for module, found in groupby(lessons_of(program), key=lambda one: one.module)]
    may_publish = any(current_user.has_role(role) for role in PUBLISHING)
    return render_template("staff/courseware/content.html", program=program, modules=modules, may_publish=may_publish)


@staff_classes.post("/courses/<slug>/publish")
@staff("editor", "registrar")
def publish(slug: str) -> Any:
    program = program_by(slug)
    try:
        set_published(program, request.form.get("is_published") == "yes", actor=current_user, at=now())
        db.session.commit()
        flash("The program is on the public pages." if program.is_published else "The program is a draft.", "good")
    except Refused as refused:
        flash(refused.message, "bad")
    return redirect(url_for("staff_classes.content", slug=slug), 303)


@staff_classes.get("/courses/<slug>/<lesson>")
@staff(*READING)
def preview(slug: str, lesson: str) -> str:
    program = program_by(slug)
    shown = lesson_in(program.id, lesson)
    questions = questions_of(shown.id) if shown.kind == LessonKind.QUIZ else []
    return render_template(
        "staff/courseware/preview.html",
        program=program,
        lesson=shown,
        body=lesson_html(shown.body_md),
        transcript=lesson_html(shown.transcript_md),
        film=film_of(shown.media, Path(current_app.root_path) / "static"),
        questions=questions,
    )
