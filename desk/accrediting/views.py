"""The registrar's pages of the school as a provider: its hours, a program's pack, and what is stated about it."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from credentials.doors import staff_accreditation
from credentials.providing import cohort_views, stating
from credentials.providing.schooling import school_by_kind
from credentials.wording import KINDS
from desk.accrediting import gathering, making, storing
from desk.accrediting.completing import completeness
from desk.accrediting.forms import FactsForm
from desk.accrediting.gathering import Gathered, gather
from enrollment.models import Program
from foundation.access import staff
from foundation.audit import record
from foundation.clock import now, today
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.filters import decimal_hours

__all__ = ["cohort_views", "staff_accreditation"]


@staff_accreditation.get("")
@staff("registrar")
def overview() -> str:
    """The whole school by kind, and each program that ICF could accredit."""
    return render_template(
        "staff/desk/accreditation.html",
        sums=[(KINDS[one.kind], one) for one in school_by_kind()],
        programs=gathering.programs_with_a_level(),
    )


@staff_accreditation.get("/school.csv")
@staff("registrar")
def school_csv() -> Response:
    rows = [[KINDS[one.kind], one.verified, one.waiting] for one in school_by_kind()]
    return csv_response("hours-of-the-school.csv", ["Kind", "Verified (minutes)", "Waiting (minutes)"], rows)


@staff_accreditation.get("/programs/<slug>")
@staff("registrar")
def program(slug: str) -> str:
    """What ICF asks a provider for, and how much of it is there."""
    got = _gathered(slug)
    if got is None:
        return render_template("staff/desk/accreditation_none.html", program=gathering.program_named(slug))
    return render_template(
        "staff/desk/accreditation_pack.html",
        got=got,
        program=got.program,
        complete=completeness(got),
        cohorts=[(one.code, f"{one.title}, {one.code}") for one in got.cohorts],
    )


@staff_accreditation.post("/programs/<slug>/pack")
@staff("registrar")
def ask_for_pack(slug: str) -> AnyResponse:
    """Have all of it put together; the worker is at it while the page says how far."""
    got = _gathered(slug)
    if got is None:
        raise NotFound
    making.ask(got.cohort, actor=current_user, at=now())
    db.session.commit()
    return redirect(url_for("staff_accreditation.program", slug=slug, cohort=got.cohort.code) + "#pack", 303)


@staff_accreditation.get("/packs/<public_id>.zip")
@staff("registrar")
def pack(public_id: str) -> AnyResponse:
    """All of it in one file; that it was taken is written down."""
    found, at = making.pack_named(public_id), now()
    record("accreditation.pack_taken", subject=found.cohort, actor=current_user, at=at, percent=found.percent)
    name = f"accreditation-{found.cohort.program.slug}-{found.cohort.code}.zip"
    path = storing.file_of(found)
    db.session.commit()
    answer = send_file(path, mimetype="application/zip", as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@staff_accreditation.route("/programs/<slug>/facts", methods=["GET", "POST"])
@staff("registrar")
def facts(slug: str) -> str | AnyResponse | tuple[str, int]:
    """Who leads the education, how much of it is ethics, and whether it ends with an evaluation."""
    found = gathering.program_named(slug)
    form = FactsForm(data=_stated(found))
    if form.validate_on_submit():
        said = stating.Stated(
            director=form.director.data or "",
            credential=form.credential.data or "",
            ethics_minutes=form.ethics.minutes,
            evaluation=form.evaluation.data,
        )
        try:
            stating.state(found, said, actor=current_user, at=now())
            db.session.commit()
            flash("Kept.", "good")
            return redirect(url_for("staff_accreditation.program", slug=slug), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
            found = gathering.program_named(slug)
    page = render_template("staff/desk/accreditation_facts.html", program=found, form=form)
    return (page, 422) if form.has_errors else page


def _gathered(slug: str) -> Gathered | None:
    code = request.args.get("cohort", "").strip()[:80]
    return gather(slug, code, at=now(), on=today(current_user.time_zone))


def _stated(found: Program) -> dict[str, object]:
    director = found.facts.get("director", {})
    ethics = int(found.facts.get("ethics_minutes", 0))
    return {
        "director": director.get("name", ""),
        "credential": director.get("credential", ""),
        "ethics": decimal_hours(ethics) if ethics else "",
        "evaluation": bool(found.facts.get("evaluation")),
    }
