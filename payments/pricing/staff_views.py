"""Staff: ways to pay for each cohort, and the codes that were given out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from enrollment.models import Cohort
from foundation.access import staff
from foundation.clock import now
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.paging import paginate
from payments.models import PricePlan, PromotionCode
from payments.pricing import listing, offering, quoting
from payments.pricing.forms import CodeForm, PlanForm, SwitchForm

staff_prices = Blueprint("staff_prices", __name__, url_prefix="/staff/prices")
HEADER = ["Code", "Worth", "What for", "Only for", "Used", "May be used", "Until", "Active"]
Answer = str | Response | tuple[str, int]


@staff_prices.get("")
@staff("finance", "admissions")
def overview() -> str:
    """Cohorts that can still be bought, each with its ways to pay."""
    at = now()
    cohorts = listing.cohorts_on_sale(at)
    plans = listing.plans_of(cohorts)
    return render_template("staff/payments/prices.html", cohorts=[(c, plans.get(c.id, [])) for c in cohorts], at=at)


def _may_change() -> bool:
    return any(current_user.has_role(role) for role in ("finance", "owner"))


def _cohort(code: str) -> Cohort:
    found = db.session.scalar(select(Cohort).options(joinedload(Cohort.program)).where(Cohort.code == code))
    if found is None:
        raise NotFound
    return found


@staff_prices.get("/cohorts/<code>")
@staff("finance", "admissions")
def plans(code: str) -> str:
    return _plans_page(_cohort(code), PlanForm())


def _plans_page(cohort: Cohort, form: PlanForm) -> str:
    at = now()
    every = listing.plans_of([cohort]).get(cohort.id, [])
    offers = quoting.offers(cohort, at=at)
    return render_template(
        "staff/payments/plans.html",
        cohort=cohort,
        plans=every,
        offers=offers,
        form=form,
        at=at,
        may_change=_may_change(),
    )


@staff_prices.post("/cohorts/<code>")
@staff("finance")
def offer(code: str) -> Answer:
    cohort, form = _cohort(code), PlanForm()
    if not form.validate_on_submit():
        return _plans_page(cohort, form), 422
    try:
        made = offering.offer(cohort, form.draft(cohort), actor=current_user, at=now())
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _plans_page(_cohort(code), form), 422
    db.session.commit()
    flash(f"“{made.title}” is on offer.", "good")
    return redirect(url_for("staff_prices.plans", code=code), 303)


@staff_prices.post("/plans/<public_id>")
@staff("finance")
def switch_plan(public_id: str) -> Response:
    """Stop a way to pay, or offer it again."""
    plan = db.session.scalar(select(PricePlan).where(PricePlan.public_id == public_id))
    if plan is None:
        raise NotFound
    act = offering.resume_plan if SwitchForm().on.data == "yes" else offering.stop_plan
    act(plan, actor=current_user, at=now())
    db.session.commit()
    flash(
        "On offer again." if plan.is_offered else "No longer on offer. Who has chosen it goes on paying by it.", "good"
    )
    return redirect(url_for("staff_prices.plans", code=plan.cohort.code), 303)


@staff_prices.get("/codes")
@staff("finance", "admissions")
def codes() -> str | Response:
    words, state = request.args.get("words", "").strip()[:100], request.args.get("state", "")
    query = listing.codes(words, state, at=now())
    if request.args.get("format") == "csv":
        return csv_response("codes.csv", HEADER, [_row(code, used) for code, used in db.session.execute(query)])
    page = paginate(query, request.args.get("page", 1, type=int), scalars=False)
    choices = [("", "Any"), ("active", "Can be used"), ("ended", "Ended or stopped")]
    return render_template(
        "staff/payments/codes.html",
        page=page,
        words=words,
        state=state,
        choices=choices,
        may_change=_may_change(),
        page_url=lambda number: url_for("staff_prices.codes", words=words, state=state, page=number),
    )


def _row(code: PromotionCode, used: int) -> list[Any]:
    until = code.until_at.isoformat() if code.until_at else ""
    uses = code.uses if code.uses is not None else ""
    return [code.code, code.worth, code.reason, code.email or "", used, uses, until, "yes" if code.is_active else "no"]


def _code_form() -> CodeForm:
    form = CodeForm()
    cohorts = listing.cohorts_on_sale(now())
    form.cohort.choices = [("", "Every cohort"), *((c.code, f"{c.program.title}, {c.title}") for c in cohorts)]
    return form


@staff_prices.route("/codes/new", methods=["GET", "POST"])
@staff("finance")
def new_code() -> Answer:
    form = _code_form()
    if form.validate_on_submit():
        try:
            cohort = _cohort(form.cohort.data) if form.cohort.data else None
            draft = form.draft(cohort, str(current_app.config["SETTINGS"].time_zone))
            made = offering.give_out(draft, actor=current_user, at=now())
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
        else:
            db.session.commit()
            flash(f"The code {made.code} takes {made.worth} off.", "good")
            return redirect(url_for("staff_prices.codes", words=made.code), 303)
    page = render_template("staff/payments/new_code.html", form=form)
    return (page, 422) if form.has_errors else page


@staff_prices.post("/codes/<public_id>")
@staff("finance")
def switch_code(public_id: str) -> Response:
    """Stop a code, or let it be used again."""
    code = db.session.scalar(select(PromotionCode).where(PromotionCode.public_id == public_id))
    if code is None:
        raise NotFound
    offering.set_active(code, SwitchForm().on.data == "yes", actor=current_user, at=now())
    db.session.commit()
    flash(f"{code.code} can be used again." if code.is_active else f"{code.code} can't be used any more.", "good")
    return redirect(url_for("staff_prices.codes", words=code.code), 303)
