"""Staff: the queue of applications, one with its answers and notes, the decisions, and a program's questions."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from enrollment.applications import asking, queries, reviewing
from enrollment.applications.forms import DecideForm, NoteForm, QuestionsForm, Seen, filled
from enrollment.applications.models import Application, ApplicationState, NoteKind
from enrollment.applications.queries import Wanted
from enrollment.models import Program
from foundation.access import staff
from foundation.clock import day_in, now
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.filters import iso
from foundation.paging import paginate

staff_applications = Blueprint("staff_applications", __name__, url_prefix="/staff/applications")
Page = str | AnyResponse | tuple[str, int]
DECIDING = ("admissions", "registrar")
TONES = {
    ApplicationState.DRAFT: ("Draft", "quiet"),
    ApplicationState.SUBMITTED: ("Submitted", "wait"),
    ApplicationState.IN_REVIEW: ("In review", "wait"),
    ApplicationState.MORE_ASKED: ("More asked", "note"),
    ApplicationState.ACCEPTED: ("Accepted", "good"),
    ApplicationState.TAKEN_UP: ("Enrolling", "good"),
    ApplicationState.DECLINED: ("Declined", "bad"),
    ApplicationState.WITHDRAWN: ("Withdrawn", "quiet"),
    ApplicationState.LAPSED: ("Lapsed", "bad"),
}
OPINIONS = {
    NoteKind.WANTED: ("Opinion wanted", "wait"),
    NoteKind.FOR: ("For", "good"),
    NoteKind.AGAINST: ("Against", "bad"),
    NoteKind.NOTE: ("Note", "quiet"),
}
STATES = [("waiting", "Waits for us"), ("opinion", "Second opinion wanted"), ("all", "Any state")]
STATES += [(str(state), word) for state, (word, _) in TONES.items() if state != ApplicationState.DRAFT]
SORTS = [
    ("oldest", "Oldest first"),
    ("newest", "Newest first"),
    ("name", "Name"),
    ("cohort", "Cohort"),
    ("due", "To enroll until"),
]
HEADER = ["Name", "E-mail", "Program", "Cohort", "State", "Second opinion", "Sent", "To enroll until"]


@staff_applications.get("")
@staff(*DECIDING)
def queue() -> str | Response:
    wanted = Wanted.read(request.args)
    query, address = queries.found(wanted), partial(url_for, "staff_applications.queue")
    if request.args.get("format") == "csv":
        return csv_response("applications.csv", HEADER, [_row(*row) for row in db.session.execute(query)])
    return render_template(
        "staff/enrollment/applications.html",
        page=paginate(query, request.args.get("page", 1, type=int), scalars=False),
        wanted=wanted,
        tones=TONES,
        opinions=OPINIONS,
        states=STATES,
        sorts=SORTS,
        cohorts=[("", "Every cohort"), *queries.cohorts_applied_for()],
        csv_url=address(**wanted.as_args(), format="csv"),
        page_url=lambda number: address(**wanted.as_args(), page=number),
    )


def _row(application: Application, opinion: NoteKind | None) -> list[str]:
    cohort, user = application.cohort, application.user
    sent, until = application.submitted_at, application.due_until
    who = [user.name, user.email, cohort.program.title, cohort.code]
    how = [str(application.state), str(opinion or "")]
    return [*who, *how, iso(sent) if sent else "", iso(until) if until else ""]


@staff_applications.get("/<public_id>")
@staff(*DECIDING)
def show(public_id: str) -> Page:
    return _page(queries.named(public_id))


def _page(one: Application, *, decide: Any = None, note: Any = None) -> Page:
    if decide is None:
        until = day_in(one.cohort.time_zone, now()) + timedelta(days=one.questions.days_to_buy)
        decide = DecideForm(formdata=None, data={"until": until})
    decide.seen.data = str(one.revision)
    page = render_template(
        "staff/enrollment/application.html",
        one=one,
        notes=queries.notes_of(one),
        decide=decide,
        note=note or NoteForm(formdata=None),
        tones=TONES,
        opinions=OPINIONS,
        may_decide=one.state in reviewing.OPEN,
    )
    has_errors = decide.has_errors or (note is not None and note.has_errors)
    return (page, 422) if has_errors else page


@staff_applications.post("/<public_id>/take")
@staff(*DECIDING)
def take(public_id: str) -> AnyResponse:
    try:
        reviewing.take(queries.named(public_id), seen=Seen().revision, actor=current_user, at=now())
        db.session.commit()
        flash("Under review.", "good")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(url_for("staff_applications.show", public_id=public_id), 303)


@staff_applications.post("/<public_id>")
@staff(*DECIDING)
def decide(public_id: str) -> Page:
    one, form = queries.named(public_id), DecideForm()
    if not form.validate():
        return _page(one, decide=form)
    try:
        said = _decided(one, form, request.form.get("do", ""))
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _page(queries.named(public_id), decide=form)
    db.session.commit()
    flash(said, "good")
    return redirect(url_for("staff_applications.queue"), 303)


def _decided(one: Application, form: DecideForm, do: str) -> str:
    """Raises Refused beside the field."""
    word, by = str(form.word.data or ""), {"seen": form.revision, "actor": current_user, "at": now()}
    if do == "accept":
        if form.until.data is None:
            raise Refused("Until which day may they enroll?", "until")
        reviewing.accept(one, word, form.until.data, **by)
        return f"{one.user.name} is accepted, and told how to enroll."
    if do == "more":
        reviewing.ask_more(one, word, **by)
        return f"{one.user.name} is asked for more."
    if do == "decline":
        reviewing.decline(one, word, **by)
        return f"{one.user.name} is declined, and told why."
    raise Refused("Choose what to do.")


@staff_applications.post("/<public_id>/notes")
@staff(*DECIDING)
def write_note(public_id: str) -> Page:
    one, form = queries.named(public_id), NoteForm()
    if not form.validate():
        return _page(one, note=form)
    try:
        reviewing.note(one, NoteKind(form.kind.data), str(form.text.data), actor=current_user, at=now())
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _page(queries.named(public_id), note=form)
    db.session.commit()
    flash("Written down.", "good")
    return redirect(url_for("staff_applications.show", public_id=public_id), 303)


@staff_applications.get("/questions")
@staff(*DECIDING)
def programs() -> str:
    found = list(db.session.scalars(select(Program).order_by(Program.position, Program.id)))
    return render_template("staff/enrollment/application_programs.html", programs=found)


@staff_applications.route("/questions/<slug>", methods=["GET", "POST"])
@staff(*DECIDING)
def questions(slug: str) -> Page:
    """The next version of what a program asks; applications that are under way keep theirs."""
    program = db.session.scalar(select(Program).where(Program.slug == slug))
    if program is None:
        raise NotFound
    if request.method == "GET":
        return _questions_page(program, QuestionsForm(formdata=None, data=filled(asking.newest(program.id))))
    form = QuestionsForm()
    if not form.validate():
        return _questions_page(program, form)
    try:
        _publish(program, form)
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _questions_page(db.session.scalars(select(Program).where(Program.slug == slug)).one(), form)
    db.session.commit()
    flash("Published. Whoever applies from now on answers these.", "good")
    return redirect(url_for("staff_applications.programs"), 303)


def _publish(program: Program, form: QuestionsForm) -> None:
    asking.publish(
        program,
        form.drafts(),
        is_asked=bool(form.is_asked.data),
        intro=str(form.intro.data or ""),
        days_to_buy=form.days_to_buy.data or 0,
        after=form.version,
        actor=current_user,
        at=now(),
    )


def _questions_page(program: Program, form: QuestionsForm) -> Page:
    versions = asking.versions(program.id)
    page = render_template("staff/enrollment/application_questions.html", program=program, form=form, versions=versions)
    return (page, 422) if form.has_errors else page
