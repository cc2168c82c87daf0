"""The staff's desk: what needs a decision, oldest first; and one person's whole page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.models import STAFF_ROLES, RoleName
from desk.forms import ResolveForm
from desk.leading import abouts_of, doors_of
from desk.navigation import waiting_here
from desk.queries import DECIDE, DECISIONS, SORTS, decides, may_enter, oldest_first, people_found, person_page
from foundation.access import staff
from foundation.clock import now
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.escalating import StaffTask, open_tasks, reopen, resolve
from foundation.paging import paginate

desk = Blueprint("desk", __name__)
ROLES = [("", "Everybody"), *((str(role), str(role).capitalize()) for role in RoleName)]


@desk.get("/staff")
@staff(*STAFF_ROLES)
def home() -> str:
    return _home(ResolveForm())


def _home(form: ResolveForm, task_id: int | None = None) -> str:
    can_decide = decides(current_user)
    tasks = open_tasks() if can_decide else []
    return render_template(
        "staff/desk/home.html",
        tasks=tasks,
        doors=doors_of(tasks, current_user),
        abouts=abouts_of(tasks),
        waiting=oldest_first([queue for queue in waiting_here() if queue.endpoint != DECISIONS], current_user),
        form=form,
        task_id=task_id,
        can_decide=can_decide,
    )


@desk.post("/staff/tasks/<int:task_id>/resolve")
@staff(*DECIDE)
def resolve_task(task_id: int) -> str | tuple[str, int] | Response:
    task, form = _task(task_id), ResolveForm()
    if not form.validate_on_submit():
        return _home(form, task_id), 422
    resolve(task, actor=current_user, at=now(), note=form.note.data or "")
    db.session.commit()
    undo: Any = {"text": "Decided, and written down.", "action": url_for("desk.undo_task", task_id=task_id)}
    flash(undo, "undo")
    return redirect(url_for("desk.home"), 303)


@desk.post("/staff/tasks/<int:task_id>/undo")
@staff(*DECIDE)
def undo_task(task_id: int) -> Response:
    try:
        reopen(_task(task_id), actor=current_user, at=now())
        db.session.commit()
        flash("Undone: it waits for a decision again.", "good")
    except Refused as refused:
        flash(refused.message, "bad")
    return redirect(url_for("desk.home"), 303)


def _task(task_id: int) -> StaffTask:
    task = db.session.get(StaffTask, task_id)
    if task is None:
        raise NotFound
    return task


@desk.get("/staff/people")
@staff("admissions", "registrar", "finance")
def people() -> str | Response:
    words, role = request.args.get("q", "").strip()[:80], request.args.get("role", "")
    sort = request.args.get("sort", "name")
    found = people_found(words, role, sort)
    if request.args.get("format") == "csv":
        rows = ([p.name, p.email, " ".join(r.name for r in p.roles)] for p in db.session.scalars(found))
        return csv_response("people.csv", ["Name", "E-mail", "Roles"], rows)
    address = partial(url_for, "desk.people", q=words or None, role=role or None)
    kept = sort if sort != "name" else None
    return render_template(
        "staff/desk/people.html",
        page=paginate(found, request.args.get("page", 1, type=int), per=40),
        words=words,
        role=role,
        roles=ROLES,
        head=[_column(name, sort, address) for name in SORTS],
        export=address(sort=kept, format="csv"),
        page_url=lambda number: address(page=number, sort=kept),
        sees_money=may_enter(current_user, "staff_money.person"),
        sees_erasures=may_enter(current_user, "staff_erasures.listing"),
        may_invite=may_enter(current_user, "staff_rights.new"),
    )


def _column(name: str, sort: str, address: Callable[..., str]) -> dict[str, str | None]:
    """A heading that sorts by its column, and the other way round when it does already."""
    way = {name: "ascending", f"-{name}": "descending"}.get(sort)
    label = {"name": "Name", "email": "E-mail", "since": "Since"}[name]
    return {"label": label, "href": address(sort=f"-{name}" if sort == name else name), "sorted": way}


@desk.get("/staff/people/<int:user_id>")
@staff("admissions", "registrar", "finance")
def person(user_id: int) -> str:
    money, mail, hours = ("staff_payments.order", "staff_money.person"), "staff_mail.letter", "staff_hours.transcript"
    pages = (*money, mail, hours, "staff_erasures.erase", "staff_rights.person")
    opens = {page: may_enter(current_user, page) for page in pages}
    return render_template("staff/desk/person.html", opens=opens, **person_page(user_id))
