"""/credentials: the requirements with their sources; and the planner, all of it in the address."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from credentials.doors import credentials
from credentials.explaining.planning import Plan
from credentials.explaining.reading import columns
from credentials.forms import PlannerForm
from credentials.ruling.living import live_book
from credentials.standing import changes_after
from credentials.wording import PATHS
from foundation.access import public
from foundation.clock import today
from foundation.config import settings


@credentials.get("")
@public
def explained() -> str:
    day, book = _today(), live_book()
    return render_template(
        "credentials/explained.html",
        day=day,
        compiled_on=book.compiled_on,
        tables=[(words, columns(book, path, day)) for path, words in PATHS.items()],
        changes=changes_after(day),
        open_questions=book.open_questions,
    )


@credentials.get("/planner")
@public
def planner() -> str:
    day = _today()
    form = PlannerForm()
    plan: Plan | None = None
    if request.args and form.validate():
        plan = Plan.of(day, book=live_book(), **_said(form))
        if plan.fault:
            form.by.errors = [*form.by.errors, plan.fault]
            plan = None
    return render_template("credentials/planner.html", form=form, plan=plan, day=day)


def _said(form: PlannerForm) -> dict[str, Any]:
    figures = {name: form[name].data or 0 for name in ("education", "coaching", "paid", "clients", "mentoring")}
    return {
        "credential": form.credential.data,
        "path": form.path.data,
        "by": form.by.data,
        "figures": figures,
        "completed": form.completed.data,
    }


def _today() -> Any:
    return today(settings().time_zone)
