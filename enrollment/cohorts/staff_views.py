"""Staff: a cohort is made, copied, changed, put before the public and taken away from there."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload
from werkzeug.wrappers import Response

from accounts.models import Role, RoleName, User
from enrollment.cohorts import writing
from enrollment.cohorts.forms import CohortForm, NewCohortForm, filled
from enrollment.models import Cohort, Program
from enrollment.staff_views import staff_enrollment
from foundation.access import staff
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.filters import count

Page = str | Response | tuple[str, int]
WRITING = ("registrar", "admissions")


def cohort_named(code: str) -> Cohort:
    """With its program. Raises NotFound."""
    found = db.session.scalar(select(Cohort).options(joinedload(Cohort.program)).where(Cohort.code == code))
    if found is None:
        raise NotFound
    return found


@staff_enrollment.route("/cohorts/new", methods=["GET", "POST"])
@staff(*WRITING)
def new_cohort() -> Page:
    """A draft: from nothing, or `like` another with its classes and ways to pay."""
    like = cohort_named(request.args["like"]) if request.args.get("like") else None
    form = NewCohortForm(data=_begun(like)) if request.method == "GET" else NewCohortForm()
    _offer_choices(form)
    if not form.validate_on_submit():
        return _new_page(form, like)
    try:
        code = str(form.code.data)
        writing.create(code, form.draft(), like=like, actor=current_user, at=now())
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _new_page(form, cohort_named(like.code) if like else None)
    db.session.commit()
    flash("Made as a draft: the public doesn't see it until you publish it.", "good")
    return redirect(url_for("staff_enrollment.roster", code=code), 303)


def _begun(like: Cohort | None) -> dict[str, Any]:
    """What a copy begins with: everything but what makes it another cohort."""
    if like is None:
        return {}
    apart = ("title", "starts_on", "ends_on", "opens_at", "closes_at", "seen")
    return {name: value for name, value in filled(like).items() if name not in apart}


def _offer_choices(form: CohortForm) -> None:
    programs = list(db.session.scalars(select(Program).order_by(Program.position, Program.id)))
    teaches = User.roles.any(Role.name == RoleName.INSTRUCTOR)
    query = select(User).options(lazyload(User.roles)).where(teaches, User.active).order_by(User.name, User.id)
    form.offer_choices(programs, [(user.id, user.name) for user in db.session.scalars(query)])


def _new_page(form: NewCohortForm, like: Cohort | None) -> Page:
    page = render_template("staff/enrollment/cohort_new.html", form=form, like=like)
    return (page, 422) if form.has_errors else page


@staff_enrollment.route("/cohorts/<code>/edit", methods=["GET", "POST"])
@staff(*WRITING)
def edit_cohort(code: str) -> Page:
    cohort = cohort_named(code)
    form = CohortForm(data=filled(cohort)) if request.method == "GET" else CohortForm()
    _offer_choices(form)
    if not form.validate_on_submit():
        return _edit_page(cohort, form)
    try:
        changed = writing.change(cohort, form.draft(cohort), seen=form.revision, actor=current_user, at=now())
    except Refused as refused:
        db.session.rollback()
        return _refused_page(cohort_named(code), form, refused)
    db.session.commit()
    flash(f"Saved: {count(len(changed), 'thing')} changed." if changed else "Nothing had changed.", "good")
    return redirect(url_for("staff_enrollment.roster", code=code), 303)


def _refused_page(cohort: Cohort, form: CohortForm, refused: Refused) -> Page:
    """What was typed stays; where somebody else was quicker, it stands beside what is now, and saving again holds."""
    form.refuse(refused)
    was_quicker = form.revision != cohort.revision
    if was_quicker:
        form.seen.data = str(cohort.revision)
    return _edit_page(cohort, form, theirs=writing.differences(cohort, form.draft(cohort)) if was_quicker else {})


def _edit_page(cohort: Cohort, form: CohortForm, theirs: dict[str, list[str]] | None = None) -> Page:
    page = render_template("staff/enrollment/cohort_edit.html", cohort=cohort, form=form, theirs=theirs or {})
    return (page, 422) if form.has_errors else page


@staff_enrollment.post("/cohorts/<code>/publish")
@staff(*WRITING)
def publish_cohort(code: str) -> Response:
    is_on = request.form.get("on") == "yes"
    try:
        writing.show(cohort_named(code), is_on, actor=current_user, at=now())
        db.session.commit()
        flash("The public sees it now." if is_on else "Taken off the public pages. Whoever is in stays in.", "good")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(url_for("staff_enrollment.roster", code=code), 303)
