"""The staff's desk: what needs a decision, oldest first; and one person's whole page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.models import STAFF_ROLES
from desk.forms import ResolveForm
from desk.queries import people_found, person_page, waiting
from foundation.access import staff
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound
from foundation.escalating import StaffTask, open_tasks, resolve
from foundation.paging import paginate

desk = Blueprint("desk", __name__)


@desk.get("/staff")
@staff(*STAFF_ROLES)
def home() -> str:
    return render_template("staff/desk/home.html", tasks=open_tasks(), waiting=waiting(), form=ResolveForm())


@desk.post("/staff/tasks/<int:task_id>/resolve")
@staff("admissions", "registrar", "finance")
def resolve_task(task_id: int) -> str | tuple[str, int] | Response:
    task, form = db.session.get(StaffTask, task_id), ResolveForm()
    if task is None:
        raise NotFound
    if not form.validate_on_submit():
        page = render_template(
            "staff/desk/home.html", tasks=open_tasks(), waiting=waiting(), form=form, task_id=task_id
        )
        return page, 422
    resolve(task, actor=current_user, at=now(), note=form.note.data or "")
    db.session.commit()
    flash("Decided, and written down.", "good")
    return redirect(url_for("desk.home"), 303)


@desk.get("/staff/people")
@staff("admissions", "registrar", "finance")
def people() -> str:
    words, role = request.args.get("q", "").strip(), request.args.get("role", "")
    page = paginate(people_found(words, role), request.args.get("page", 1, type=int), per=40)
    return render_template("staff/desk/people.html", page=page, words=words, role=role)


@desk.get("/staff/people/<int:user_id>")
@staff("admissions", "registrar", "finance")
def person(user_id: int) -> str:
    return render_template("staff/desk/person.html", **person_page(user_id))
