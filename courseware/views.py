"""What a trainee sees: today, the course, the player, live classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user

from courseware import quizzing, studying
from courseware.attendance import check_in_views
from courseware.attendance.checking_in import open_stay
from courseware.attendance.sparing import spare_of
from courseware.calendars import calendar_file
from courseware.doors import classes, learn
from courseware.forms import NoteForm, all_answered, given_answers, quiz_form
from courseware.makeups import views as make_up_views
from courseware.meetings import Meeting, meetings_of
from courseware.models import LessonKind
from courseware.noting import KeptNote
from courseware.queries import desk_of, enrollments_of, lesson_in, own_enrollment
from courseware.reading_room import Room, enter, today_of
from courseware.rendering import film_of, lesson_html
from credentials.summing import totals_of
from enrollment.models import Enrollment
from foundation.access import signed_in
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.filters import hours

__all__ = ["check_in_views", "classes", "learn", "make_up_views"]

Answer = str | Response | tuple[str, int] | Any


@learn.get("")
@signed_in
def dashboard() -> Answer:
    today = today_of(enrollments_of(current_user.id), at=now())
    return render_template("courseware/dashboard.html", today=today)


@learn.get("/classes.ics")
@signed_in
def all_classes() -> Answer:
    mine = [e for e in enrollments_of(current_user.id) if studying.may_read(e)]
    return _calendar(meetings_of(mine, called_off=True), "classes.ics")


@learn.get("/<enrollment>/")
@signed_in
def course(enrollment: str) -> Answer:
    mine = own_enrollment(current_user.id, enrollment)
    if not studying.may_read(mine):
        return _closed(mine)
    room = enter(mine, at=now())
    spare = spare_of(mine, room.meetings, totals_of(mine.user_id), at=now())
    return render_template("courseware/course.html", room=room, spare=spare, at=now())


@learn.get("/<enrollment>/<slug>")
@signed_in
def lesson(enrollment: str, slug: str) -> Answer:
    mine = own_enrollment(current_user.id, enrollment)
    if not studying.may_read(mine):
        return _closed(mine)
    room = enter(mine, slug, at=now())
    if room.step.lock is not None:
        return render_template("courseware/locked.html", room=room)
    page = _player(room, again="again" in request.args)
    if not room.was_opened_last and studying.may_study(mine):
        studying.open_lesson(mine, room.step.id, at=now())
        db.session.commit()
    return page


@learn.post("/<enrollment>/<slug>/complete")
@signed_in
def complete(enrollment: str, slug: str) -> Answer:
    mine = own_enrollment(current_user.id, enrollment)
    try:
        room = _open_room(mine, slug)
        entry = studying.finish_lesson(mine, lesson_in(mine.cohort.program_id, slug), at=now())
    except Refused as refused:
        flash(refused.message, "bad")
        return redirect(url_for("learn.lesson", enrollment=enrollment, slug=slug), 303)
    minutes = entry.minutes if entry else 0
    db.session.commit()
    if room.ends_section:
        return redirect(url_for("learn.done", enrollment=enrollment, slug=slug), 303)
    flash(f"Done: {hours(minutes)} written to your hours." if minutes else "Done.", "good")
    return redirect(url_for("learn.lesson", enrollment=enrollment, slug=room.next_slug), 303)


@learn.post("/<enrollment>/<slug>/answers")
@signed_in
def answers(enrollment: str, slug: str) -> Answer:
    mine = own_enrollment(current_user.id, enrollment)
    asked = lesson_in(mine.cohort.program_id, slug)
    questions = quizzing.questions_of(asked.id)
    form = quiz_form(questions, number=1)
    given = given_answers(form, questions)
    try:
        _open_room(mine, slug)
        if form.validate_on_submit() and all_answered(form, given):
            number = int(form.number.data) if str(form.number.data).isdecimal() else 0
            quizzing.answer(mine, asked, given, number=number, at=now())
            db.session.commit()
            return redirect(url_for("learn.lesson", enrollment=enrollment, slug=slug, _anchor="result"), 303)
    except Refused as refused:
        form.refuse(refused)
    return _player(enter(mine, slug, at=now()), quiz=form), 422


@learn.post("/<enrollment>/<slug>/note")
@signed_in
def note(enrollment: str, slug: str) -> Answer:
    mine = own_enrollment(current_user.id, enrollment)
    form = NoteForm()
    try:
        studying.write_note(mine, lesson_in(mine.cohort.program_id, slug).id, form.body.data or "", at=now())
    except Refused as refused:
        if request.headers.get("X-Autosave"):
            return {"error": refused.message}, 422
        form.refuse(refused)
        return _player(enter(mine, slug, at=now()), note=form), 422
    db.session.commit()
    if request.headers.get("X-Autosave"):
        return {"saved": True}
    flash("Your note is saved.", "good")
    return redirect(url_for("learn.lesson", enrollment=enrollment, slug=slug, _anchor="notes"), 303)


@learn.post("/<enrollment>/<slug>/place")
@signed_in
def place(enrollment: str, slug: str) -> Answer:
    mine = own_enrollment(current_user.id, enrollment)
    try:
        room = _open_room(mine, slug)
        studying.leave_at(mine, room.step.id, request.form.get("seconds", ""), at=now())
    except Refused as refused:
        return {"error": refused.message}, 422
    db.session.commit()
    return "", 204


@learn.get("/<enrollment>/<slug>/done")
@signed_in
def done(enrollment: str, slug: str) -> Answer:
    mine = own_enrollment(current_user.id, enrollment)
    room = enter(mine, slug, at=now())
    if not room.step.is_done:
        return redirect(url_for("learn.lesson", enrollment=enrollment, slug=slug), 303)
    return render_template("courseware/done.html", room=room)


@learn.get("/<enrollment>/class/<public_id>")
@signed_in
def live_class(enrollment: str, public_id: str) -> Answer:
    mine = own_enrollment(current_user.id, enrollment)
    if not studying.may_read(mine):
        return _closed(mine)
    meeting = _meeting(mine, public_id)
    there = open_stay(mine.id, meeting.id)
    return render_template("courseware/live_class.html", meeting=meeting, enrollment=mine, there=there, at=now())


@learn.get("/<enrollment>/class/<public_id>.ics")
@signed_in
def class_file(enrollment: str, public_id: str) -> Answer:
    mine = own_enrollment(current_user.id, enrollment)
    return _calendar([_meeting(mine, public_id)], "class.ics")


def _meeting(enrollment: Enrollment, public_id: str) -> Meeting:
    found = next((m for m in meetings_of([enrollment], called_off=True) if m.public_id == public_id), None)
    if found is None or not studying.may_read(enrollment):
        raise NotFound
    return found


def _open_room(enrollment: Enrollment, slug: str) -> Room:
    room = enter(enrollment, slug, at=now())
    if not studying.may_study(enrollment):
        raise Refused("Your place in this program is not active, so nothing can be finished in it.")
    if room.step.lock is not None:
        raise Refused("This lesson is not open yet.")
    return room


def _player(room: Room, *, quiz: Any = None, note: Any = None, again: bool = False) -> str:
    desk = desk_of(room.enrollment, room.step.id)
    is_quiz = desk.lesson.kind == LessonKind.QUIZ
    if is_quiz and quiz is None and (desk.attempt is None or again):
        number = desk.attempt.number + 1 if desk.attempt else 1
        quiz = quiz_form(quizzing.questions_of(desk.lesson.id), number)
    return render_template(
        "courseware/lesson.html",
        room=room,
        desk=desk,
        body=lesson_html(desk.lesson.body_md),
        transcript=lesson_html(desk.lesson.transcript_md),
        film=film_of(desk.lesson.media, Path(current_app.root_path) / "static"),
        quiz=quiz,
        note=note,
        kept=KeptNote((desk.note,)),
        at=now(),
    )


def _closed(enrollment: Enrollment) -> Answer:
    return render_template("courseware/closed.html", enrollment=enrollment), 403


def _calendar(meetings: list[Meeting], filename: str) -> Response:
    chosen = current_app.config["SETTINGS"]
    written = calendar_file(
        meetings, school=chosen.school_name, domain=chosen.mail_domain, link=chosen.base_url.rstrip("/"), at=now()
    )
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "private, no-store"}
    return Response(written, mimetype="text/calendar", headers=headers)
