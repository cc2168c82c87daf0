"""The registrar's page of a cohort's hours, beside what ICF asks of a program of its level."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request

from credentials.asking import page_number
from credentials.doors import staff_accreditation
from credentials.providing.listing import PARTS, CohortHours, CohortPage, Looked, Row, Wanted, listed
from credentials.providing.recalling import cohort_named, recall
from foundation.access import staff
from foundation.csvs import csv_response


@staff_accreditation.get("/cohorts/<code>")
@staff("registrar")
def cohort(code: str) -> str:
    facts = recall(cohort_named(code))
    looked = Looked(facts, Wanted.read(request.args), page_number())
    return render_template("staff/credentials/cohort_hours.html", cohort=CohortPage(looked))


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
    return CohortHours(recall(cohort_named(code)))


def _line(row: Row) -> list[Any]:
    minutes = [part for one in row.amounts for part in (one.verified, one.waiting)]
    told = "; ".join(one.words for one in row.lacking), "; ".join(one.label for one in row.waiting)
    person = row.person
    return [person.name, person.email, str(person.state), *minutes, row.observed.both, row.written.verified, *told]
