"""The registrar's page of a cohort's hours, beside what ICF asks of a program of its level."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for

from credentials.asking import page_number, page_url
from credentials.doors import staff_accreditation
from credentials.providing.counting import Amount
from credentials.providing.listing import SHOWN, CohortHours, Row, Wanted, cohort_hours, cohort_of, listed, page_of
from credentials.providing.requiring import asked_of
from credentials.ruling.living import live_book
from foundation.access import staff
from foundation.csvs import csv_response

HEADS = {
    "name": "Trainee",
    "lacking": "Lacking",
    "education": "Education",
    "core": "Core",
    "resource": "Resource",
    "live": "Live",
    "own": "Own study",
    "mentor": "Mentor",
    "coaching": "Coaching",
    "observed": "Observed",
}
PARTS = ("Education", "Core", "Resource", "Live", "Own study", "Mentor", "Coaching")


@staff_accreditation.get("/cohorts/<code>")
@staff("registrar")
def cohort(code: str) -> str:
    found, wanted = whole_cohort(code), Wanted.read(request.args)
    page = page_of(listed(found.rows, wanted), page_number())
    return render_template(
        "staff/credentials/cohort_hours.html",
        found=found,
        cohort=found.cohort,
        page=page,
        url=page_url(),
        wanted=wanted,
        heads=[_head(name, wanted, code) for name in HEADS],
        rows=[(row, _cells(row)) for row in page.items],
        needs=[(need, *found.met(need.key)) for need in found.needs],
        shown=list(SHOWN.items()),
        csv=_csv(code, wanted),
    )


@staff_accreditation.get("/cohorts/<code>/hours.csv")
@staff("registrar")
def cohort_csv(code: str) -> Response:
    """Everybody whom the page shows, all pages of it; minutes, verified and waiting."""
    found = whole_cohort(code)
    header = ["Trainee", "E-mail", "State"]
    header += [f"{part} {state} (minutes)" for part in PARTS for state in ("verified", "waiting")]
    header += ["Observed sessions", "Written feedback, signed", "Lacking", "Waits for a check"]
    rows = [_line(row) for row in listed(found.rows, Wanted.read(request.args))]
    return csv_response(f"hours-{code}.csv", header, rows)


def whole_cohort(code: str) -> CohortHours:
    """A cohort with everybody's hours, judged by the rules of the day it began. Raises NotFound."""
    found = cohort_of(code)
    return cohort_hours(found, asked_of(live_book(), found.program.level, found.starts_on))


def _csv(code: str, wanted: Wanted) -> str:
    asked: dict[str, Any] = {"words": wanted.words, "shown": wanted.shown, "sort": wanted.sort}
    return url_for("staff_accreditation.cohort_csv", code=code, **{key: value for key, value in asked.items() if value})


def _head(name: str, wanted: Wanted, code: str) -> dict[str, Any]:
    """A heading that sorts by its column, and the other way round when it does already. Numbers begin with the most."""
    way = {name: "ascending", f"-{name}": "descending"}.get(wanted.sort)
    first = name if name == "name" else f"-{name}"
    other = name if first.startswith("-") else f"-{name}"
    kept: dict[str, Any] = {key: value for key, value in (("words", wanted.words), ("shown", wanted.shown)) if value}
    href = url_for("staff_accreditation.cohort", code=code, **kept, sort=other if wanted.sort == first else first)
    return {"label": HEADS[name], "href": href, "sorted": way, "numeric": name not in {"name", "lacking"}}


def _cells(row: Row) -> list[tuple[str, Amount]]:
    return list(zip(PARTS, _amounts(row), strict=True))


def _amounts(row: Row) -> list[Amount]:
    hours = row.hours
    return [hours.education, hours.core, hours.resource, hours.live, hours.own, hours.mentor, hours.coaching]


def _line(row: Row) -> list[Any]:
    minutes = [part for one in _amounts(row) for part in (one.verified, one.waiting)]
    told = "; ".join(one.words for one in row.lacking), "; ".join(one.label for one in row.waiting)
    user = row.enrollment.user
    return [user.name, user.email, str(row.enrollment.state), *minutes, row.observed.both, row.written.verified, *told]
