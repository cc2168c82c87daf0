"""The staff's desk: what needs a decision, oldest first; and one person's whole page."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.models import STAFF_ROLES, RoleName
from desk.forms import ResolveForm
from desk.queries import people_found, person_page, waiting
from foundation.access import staff
from foundation.clock import now
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import NotFound
from foundation.escalating import StaffTask, open_tasks, resolve
from foundation.paging import paginate

desk = Blueprint("desk", __name__)
DECIDES = ("admissions", "registrar", "finance", "owner")
ROLES = [("", "Everybody"), *((str(role), str(role).capitalize()) for role in RoleName)]


@desk.get("/staff")
@staff(*STAFF_ROLES)
def home() -> str:
    return _home(ResolveForm())


def _home(form: ResolveForm, task_id: int | None = None) -> str:
    can_decide = any(current_user.has_role(role) for role in DECIDES)
    return render_template(
        "staff/desk/home.html",
        tasks=open_tasks() if can_decide else [],
        waiting=waiting(current_user),
        form=form,
        task_id=task_id,
        can_decide=can_decide,
    )


@desk.post("/staff/tasks/<int:task_id>/resolve")
@staff(*DECIDES)
def resolve_task(task_id: int) -> str | tuple[str, int] | Response:
    task, form = db.session.get(StaffTask, task_id), ResolveForm()
    if task is None:
        raise NotFound
    if not form.validate_on_submit():
        return _home(form, task_id), 422
    resolve(task, actor=current_user, at=now(), note=form.note.data or "")
    db.session.commit()
    flash("Decided, and written down.", "good")
    return redirect(url_for("desk.home"), 303)


@desk.get("/staff/people")
@staff("admissions", "registrar", "finance")
def people() -> str | Response:
    words, role = request.args.get("q", "").strip(), request.args.get("role", "")
    found = people_found(words, role)
    if request.args.get("format") == "csv":
        rows = ([p.name, p.email, " ".join(r.name for r in p.roles)] for p in db.session.scalars(found))
        return csv_response("people.csv", ["Name", "E-mail", "Roles"], rows)
    address = partial(url_for, "desk.people", q=words or None, role=role or None)
    return render_template(
        "staff/desk/people.html",
        page=paginate(found, request.args.get("page", 1, type=int), per=40),
        words=words,
        role=role,
        roles=ROLES,
        page_url=lambda number: address(page=number),
    )


@desk.get("/staff/people/<int:user_id>")
@staff("admissions", "registrar", "finance")
def person(user_id: int) -> str:
    return render_template("staff/desk/person.html", **person_page(user_id))
