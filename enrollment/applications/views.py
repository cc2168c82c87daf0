"""An applicant's pages: begin, write and keep a draft, send, see how it stands, withdraw."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from flask_security.confirmable import send_confirmation_instructions
from flask_security.utils import login_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from accounts import joining
from accounts.models import User
from enrollment.applications import answering, asking
from enrollment.applications.forms import BeginForm, answered, answers_form
from enrollment.applications.models import LIVE, WRITES, Application
from enrollment.models import Cohort
from enrollment.waitlist.forms import NewcomerForm
from enrollment.waitlist.queries import cohort_shown
from foundation.access import public, signed_in
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.limits import limiter

applications = Blueprint("applications", __name__, url_prefix="/apply")
Page = str | Response | tuple[str, int]


@applications.get("/<code>")
@public
def form(code: str) -> Page:
    cohort, mine = cohort_shown(code), None
    if current_user.is_authenticated:
        mine = answering.latest(current_user.id, cohort.id)
    if mine is None and not cohort.program.asks_application:
        return redirect(f"/enroll/{code}")
    return _page(cohort, mine)


def _page(cohort: Cohort, mine: Application | None, *, person: Any = None, answers: Any = None) -> Page:
    """By where it stands: the way in, the questions, or what has become of it."""
    questions = mine.questions if mine else asking.newest(cohort.program_id)
    if mine is not None and mine.state in WRITES and answers is None:
        answers = answers_form(mine.questions.questions, formdata=None, data=mine.answers)
    if person is None:
        person = BeginForm(formdata=None) if current_user.is_authenticated else NewcomerForm(formdata=None)
    page = render_template(
        "enrollment/apply.html",
        cohort=cohort,
        mine=mine,
        questions=questions,
        person=person,
        answers=answers,
        is_open=cohort.is_open(now()),
        is_live=mine is not None and mine.state in LIVE,
    )
    return (page, 422) if person.has_errors or (answers is not None and answers.has_errors) else page


@applications.post("/<code>")
@public
@limiter.limit("30 per 10 minutes")
def begin(code: str) -> Page:
    """A draft, with an account made on the way where there is none."""
    person = BeginForm() if current_user.is_authenticated else NewcomerForm()
    if not person.validate_on_submit():
        return _page(cohort_shown(code), None, person=person)
    try:
        _begun(code, person)
    except Refused as refused:
        db.session.rollback()
        person.refuse(refused)
        return _page(cohort_shown(code), None, person=person)
    return redirect(url_for("applications.form", code=code), 303)


def _begun(code: str, person: Any) -> None:
    """Account and draft in one transaction; where the same person came twice at once, the second finds the first."""
    for is_last in (False, True):
        try:
            user, is_new = _person(person, cohort_shown(code))
            if is_new:
                send_confirmation_instructions(user)  # type: ignore[no-untyped-call]
            answering.begin(user, cohort_shown(code), at=now())
            db.session.commit()
            break
        except IntegrityError:
            db.session.rollback()
            if is_last:
                raise
    if not current_user.is_authenticated:
        login_user(user)
        db.session.commit()


def _person(person: Any, cohort: Cohort) -> tuple[User, bool]:
    if current_user.is_authenticated:
        return db.session.get_one(User, current_user.id), False
    typed = {name: str(person[name].data) for name in ("name", "email", "password")}
    return joining.join(**typed, time_zone=cohort.time_zone, at=now())


def _mine(code: str) -> Application:
    found = answering.live(current_user.id, cohort_shown(code).id)
    if found is None:
        raise NotFound
    return found


@applications.post("/<code>/answers")
@signed_in
def write(code: str) -> Page:
    """Keep a draft, however little there is; or send it, where an answer that is lacking stands beside its question."""
    mine = _mine(code)
    if mine.state not in WRITES:
        flash("It has been sent already.", "note")
        return redirect(url_for("applications.form", code=code), 303)
    answers = answers_form(mine.questions.questions)
    if not answers.validate():
        return _page(mine.cohort, mine, answers=answers)
    given, is_sent = answered(answers, mine.questions.questions), request.form.get("do") == "send"
    try:
        if is_sent:
            answering.send(mine, given, actor=current_user, at=now())
        else:
            answering.save(mine, given, at=now())
    except Refused as refused:
        db.session.rollback()
        answers.refuse(refused)
        return _page(cohort_shown(code), _mine(code), answers=answers)
    db.session.commit()
    flash("Sent. We read it and write to you." if is_sent else "Kept. Come back whenever you like.", "good")
    return redirect(url_for("applications.form", code=code), 303)


@applications.post("/<code>/withdraw")
@signed_in
def withdraw(code: str) -> Page:
    try:
        answering.withdraw(_mine(code), actor=current_user, at=now())
        db.session.commit()
        flash("Withdrawn.", "good")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(url_for("applications.form", code=code), 303)
