"""Staff: who has no last day yet, the day that the rules would give each, and one button for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import HiddenField

from foundation.access import staff
from foundation.clock import now
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import Refused
from foundation.forms import Form
from foundation.paging import paginate
from payments.extending import catching_up
from payments.extending.catching_up import Proposed
from payments.extending.staff_views import staff_access

HEADER = ["Name", "E-mail", "Cohort", "Began", "Months", "By the rules until", "Last day"]


class GiveForm(Form):
    """How many were shown."""

    seen = HiddenField()


@staff_access.get("/without-clock")
@staff("registrar")
def without_clock() -> str | Response:
    query = catching_up.without_clock()
    if request.args.get("format") == "csv":
        return csv_response("without-a-last-day.csv", HEADER, _rows())
    page = paginate(query, request.args.get("page", 1, type=int))
    return render_template(
        "staff/enrollment/without_clock.html",
        page=page,
        proposed=catching_up.proposed(page.items, at=now()),
        form=GiveForm(formdata=None, seen=str(page.total)),
        notice=catching_up.NOTICE.days,
        page_url=lambda number: partial(url_for, "staff_access.without_clock")(page=number),
    )


def _rows() -> Iterator[list[str]]:
    for one in catching_up.proposed(list(db.session.scalars(catching_up.without_clock())), at=now()):
        yield _row(one)


def _row(one: Proposed) -> list[str]:
    who, cohort = one.enrollment.user, one.enrollment.cohort
    days = (cohort.starts_on, one.by_rule, one.until)
    began, by_rule, until = (day.isoformat() for day in days)
    return [who.name, who.email, cohort.code, began, str(one.months), by_rule, until]


@staff_access.post("/without-clock")
@staff("registrar")
def give_clocks() -> Response:
    """Each day that was shown is written down, with a line in every one's history."""
    form = GiveForm()
    seen = str(form.seen.data or "")
    try:
        number = catching_up.give(seen=int(seen) if seen.isdecimal() else -1, actor=current_user, at=now())
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
        return redirect(url_for("staff_access.without_clock"), 303)
    db.session.commit()
    flash(f"{number} have a last day now. Each is written to sixty days before it, and again two weeks before.", "good")
    return redirect(url_for("staff_access.without_clock"), 303)


__all__ = ["staff_access"]
