"""The books on the desk: a month by day, a year by month, and what the bookkeeper takes away."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, current_app, render_template, request
from sqlalchemy import select

from accounts.models import User
from foundation.access import staff
from foundation.clock import today
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import NotFound
from foundation.filters import place, shown_date
from payments.books import journaling, periods, summing
from payments.books.views import statement_pdf
from payments.models import EnrollmentOrder

staff_books = Blueprint("staff_books", __name__, url_prefix="/staff/books")
HEADER = ["Day", "Currency", "Charged", "Transferred", "Refunded", "Disputed", "Fees", "Net", "Of which tax"]


def _zone() -> str:
    return str(current_app.config["SETTINGS"].time_zone)


def _asked() -> tuple[periods.Period, list[summing.Row]]:
    period = periods.read(request.args.get("period", ""), today(_zone()))
    rows = summing.by_day if period.is_month else summing.by_month
    return period, rows(period.first, period.last, _zone())


@staff_books.get("")
@staff("finance")
def overview() -> str:
    """A month by day, or a year by month, each currency for itself."""
    period, rows = _asked()
    pattern = "EEE d MMM" if period.is_month else "MMMM y"
    return render_template(
        "staff/payments/books.html",
        period=period,
        rows=[(shown_date(row.on, pattern), row) for row in rows],
        totals=summing.totals(rows),
        zone=place(_zone()),
        before=period.before if summing.has_earlier(period.first, _zone()) else None,
        after=period.after if period.last < today(_zone()) else None,
    )


@staff_books.get("/sums.csv")
@staff("finance")
def sums_csv() -> Response:
    """What is on the screen."""
    period, rows = _asked()
    names = (*summing.COLUMNS, "net", "tax")
    told = ([row.on.isoformat(), row.currency, *(row.money(name).decimal for name in names)] for row in rows)
    return csv_response(f"books-{period.name}.csv", HEADER, told)


def _journal(period: periods.Period) -> Iterator[journaling.Entry]:
    query = summing.entries(period.first, period.last, _zone()).join(EnrollmentOrder)
    for line, order in db.session.execute(query.add_columns(EnrollmentOrder.public_id)):
        yield journaling.entry(line, order, _zone())


@staff_books.get("/journal.csv")
@staff("finance")
def journal_csv() -> Response:
    period, _ = _asked()
    return csv_response(f"journal-{period.name}.csv", journaling.HEADER, journaling.csv_rows(_journal(period)))


@staff_books.get("/journal.txt")
@staff("finance")
def journal_text() -> Response:
    """For hledger and Ledger."""
    period, _ = _asked()
    headers = {
        "Content-Disposition": f'attachment; filename="journal-{period.name}.journal"',
        "Cache-Control": "no-store",
    }
    return Response(journaling.plain_text(_journal(period)), mimetype="text/plain", headers=headers)


@staff_books.get("/statements/<int:user_id>.pdf")
@staff("finance")
def statement(user_id: int) -> Response:
    """One person's statement."""
    user = db.session.scalar(select(User).where(User.id == user_id))
    if user is None:
        raise NotFound
    return statement_pdf(user)
