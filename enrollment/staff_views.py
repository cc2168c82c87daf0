"""Staff: leads, cohorts and who is in them."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from enrollment import inquiring, lead_queries
from enrollment.leads import AskState
from foundation.access import staff
from foundation.clock import now
from foundation.csvs import csv_response
from foundation.db import db
from foundation.filters import iso, shown_datetime
from foundation.paging import paginate

staff_enrollment = Blueprint("staff_enrollment", __name__, url_prefix="/staff")


@staff_enrollment.get("/leads")
@staff("admissions", "editor")
def leads() -> str:
    wanted = lead_queries.Wanted.read(request.args)
    return render_template(
        "staff/enrollment/leads.html",
        page=paginate(lead_queries.leads(wanted), request.args.get("page", 1, type=int)),
        wanted=wanted,
        csv_url=url_for("staff_enrollment.leads_csv", **wanted.as_args()),
        page_url=lambda number: url_for("staff_enrollment.leads", **wanted.as_args(), page=number),
    )


@staff_enrollment.get("/leads.csv")
@staff("admissions", "editor")
def leads_csv() -> Response:
    """The list as it is filtered and sorted on the screen, all pages of it."""
    header = ["Name", "Address", "Asked", "Confirmed", "News", "Held"]
    rows = (
        [x.name, x.email, iso(x.asked_at), iso(x.confirmed_at) if x.confirmed_at else "", x.news, x.is_suspect]
        for x in db.session.scalars(lead_queries.leads(lead_queries.Wanted.read(request.args)))
    )
    return csv_response("leads.csv", header, rows)


@staff_enrollment.get("/leads/<public_id>")
@staff("admissions", "editor")
def lead(public_id: str) -> str:
    found = lead_queries.lead(public_id)
    told = [
        {"when": shown_datetime(t.at), "title": t.title, "text": t.text, "tone": t.tone}
        for t in lead_queries.timeline(found)
    ]
    held = [ask for ask in found.asks if ask.state == AskState.HELD]
    return render_template("staff/enrollment/lead.html", lead=found, told=told, held=held)


@staff_enrollment.post("/leads/<public_id>/release")
@staff("admissions", "editor")
def release(public_id: str) -> AnyResponse:
    for ask in lead_queries.lead(public_id).asks:
        inquiring.release(ask, actor=current_user, at=now())
    db.session.commit()
    flash("The letter goes out now.", "good")
    return redirect(url_for("staff_enrollment.lead", public_id=public_id), 303)
