"""Staff: the rules in force, every version there was, and, for the owner, the next one with its preview."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from enrollment.models import Cohort, Program
from enrollment.policies import applying, checking, publishing, simulating, wording
from enrollment.policies.applying import Rule
from enrollment.policies.forms import PolicyForm, filled
from enrollment.policies.models import RefundPolicy
from enrollment.policies.terms import STANDARD, Terms
from foundation.access import staff
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.text import whole_number

staff_policies = Blueprint("staff_policies", __name__, url_prefix="/staff/policies")
Of = Program | Cohort | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule can hold, as the address and the page name it."""

    of: Of
    kind: str
    name: str
    title: str

    @property
    def scope(self) -> str:
        return applying.scope_of(self.of)


def _of_school() -> Place:
    return Place(None, "school", "all", "The whole school")


def _of_program(program: Program) -> Place:
    return Place(program, "program", program.slug, program.title)


def _of_cohort(cohort: Cohort) -> Place:
    return Place(cohort, "cohort", cohort.code, f"{cohort.program.title}, {cohort.title}")


def _place(kind: str, name: str) -> Place:
    if (kind, name) == ("school", "all"):
        return _of_school()
    if kind == "program":
        program = db.session.scalar(select(Program).where(Program.slug == name))
        found = _of_program(program) if program else None
    else:
        query = select(Cohort).options(joinedload(Cohort.program)).where(Cohort.code == name)
        cohort = db.session.scalar(query) if kind == "cohort" else None
        found = _of_cohort(cohort) if cohort else None
    if found is None:
        raise NotFound
    return found


@staff_policies.get("")
@staff("finance", "registrar", "admissions")
def listing() -> str:
    """Each place with the rule that holds in it; a cohort that has none of its own is not listed apart."""
    at = now()
    newest = applying.newest_of_each(at)
    programs = list(db.session.scalars(select(Program).order_by(Program.position, Program.id)))
    cohorts = _cohorts_to_come(at)
    own = [_of_cohort(c) for c in cohorts if applying.scope_of(c) in newest]
    places = [_of_school(), *(_of_program(program) for program in programs), *own]
    return render_template(
        "staff/enrollment/policies.html",
        rows=[(place, newest.get(place.scope), _in_short(place, newest)) for place in places],
        others=[_of_cohort(cohort) for cohort in cohorts if applying.scope_of(cohort) not in newest],
    )


def _in_short(place: Place, newest: dict[str, RefundPolicy]) -> str:
    """The rule in one line; empty where the place follows a wider one."""
    policy = newest.get(place.scope)
    terms = policy.terms if policy else STANDARD if place.of is None else None
    return wording.in_one_line(terms) if terms else ""


def _cohorts_to_come(at: datetime, program_id: int | None = None) -> list[Cohort]:
    query = select(Cohort).options(joinedload(Cohort.program)).where(Cohort.ends_on >= applying.school_day(at))
    if program_id is not None:
        query = query.where(Cohort.program_id == program_id)
    return list(db.session.scalars(query.order_by(Cohort.starts_on, Cohort.id)))


@staff_policies.get("/<kind>/<name>")
@staff("finance", "registrar", "admissions")
def show(kind: str, name: str) -> str:
    place, at = _place(kind, name), now()
    found = publishing.versions(place.scope)
    rule = _holding(place, at)
    current = next((version for version in found if version.effective_on <= applying.school_day(at)), None)
    return render_template(
        "staff/enrollment/policy.html",
        place=place,
        rule=rule,
        is_own=current is not None and current.id == rule.policy_id,
        current=current,
        versions=[(version, wording.in_one_line(version.terms)) for version in found],
        told=_told(rule.terms, place, at),
    )


def _holding(place: Place, at: datetime) -> Rule:
    if isinstance(place.of, Cohort):
        return applying.in_force(place.of, at)
    if isinstance(place.of, Program):
        return applying.in_force_for_program(place.of, at)
    newest = applying.newest_of_each(at).get(applying.SCHOOL)
    return Rule(newest.terms, newest.id, newest.version) if newest else Rule(STANDARD)


def _told(terms: Terms, place: Place, at: datetime) -> dict[str, object]:
    """Terms in plain words, and with the days and sums of up to two cohorts they would hold for."""
    of = place.of
    cohorts = [of] if isinstance(of, Cohort) else _cohorts_to_come(at, of.id if of else None)
    samples = []
    for cohort in [cohort for cohort in cohorts if terms.fits(cohort.currency)][:2]:
        course = applying.course_of(cohort, terms)
        samples.append((_of_cohort(cohort).title, cohort.price, simulating.stretches(terms, course, cohort.price)))
    return {"rules": wording.rules(terms), "others": wording.others(terms), "samples": samples}


@staff_policies.route("/<kind>/<name>/new", methods=["GET", "POST"])
@staff()
def write(kind: str, name: str) -> str | Response | tuple[str, int]:
    """The next version: first looked at, then published. Orders that exist keep their own."""
    place, at = _place(kind, name), now()
    if request.method == "GET":
        return _form_page(place, _blank(place, at), None, at)
    form = PolicyForm()
    try:
        if not form.validate():
            return _form_page(place, form, None, at), 422
        terms = form.terms()
        checking.check(terms)
        if request.form.get("do") != "publish":
            return _form_page(place, form, terms, at)
        _publish(place, form, terms, at)
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _form_page(place, form, None, at), 422
    db.session.commit()
    flash("Published. Whoever buys from that day on buys under it; orders that exist keep their own.", "good")
    return redirect(url_for("staff_policies.show", kind=kind, name=name), 303)


def _publish(place: Place, form: PolicyForm, terms: Terms, at: datetime) -> None:
    assert form.effective_on.data is not None
    known = str(form.after.data or "0")
    publishing.publish(
        place.of,
        terms,
        effective_on=form.effective_on.data,
        note=str(form.note.data),
        actor=current_user,
        at=at,
        after=whole_number(known),
    )


def _blank(place: Place, at: datetime) -> PolicyForm:
    """Begun with what holds now."""
    rule = _holding(place, at)
    found = publishing.versions(place.scope)
    begun = filled(rule.terms) | {"after": str(found[0].version if found else 0)}
    begun["currency"] = begun["currency"] or (place.of.currency if isinstance(place.of, Cohort) else "USD")
    return PolicyForm(formdata=None, data=begun | {"effective_on": applying.school_day(at), "note": ""})


def _form_page(place: Place, form: PolicyForm, terms: Terms | None, at: datetime) -> str:
    told = _told(terms, place, at) if terms else None
    return render_template("staff/enrollment/policy_form.html", place=place, form=form, told=told)
