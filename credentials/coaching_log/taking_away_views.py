"""Taking the log away: ICF's columns, an audit pack, all of one's data. Only by the trainee whose log it is."""

from __future__ import annotations

from flask import Response, render_template
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from credentials.coaching_log.exporting import XLSX, icf_csv, icf_rows, icf_xlsx, listed_sessions
from credentials.coaching_log.keeping_clients import clients_of
from credentials.coaching_log.packing import audit_pack, my_data
from credentials.coaching_log.queries import sessions_of
from credentials.coaching_log.wishing import wish_asked, wish_words
from credentials.doors import hours
from credentials.models import Kind, Payment
from credentials.summing import totals_of
from credentials.wording import PAYMENTS, STATES
from foundation.access import signed_in
from foundation.clock import now, today
from foundation.db import db


@hours.get("/log/export")
@signed_in
def export() -> str:
    rows, listed = icf_rows(current_user), listed_sessions(current_user)
    total = totals_of(current_user.id).minutes(Kind.COACHING)
    paid, free = sum(row.paid for row in rows), sum(row.pro_bono for row in rows)
    return render_template(
        "credentials/export.html", total=total, listed=listed, relationships=len(rows), paid=paid, free=free
    )


@hours.get("/log/print")
@signed_in
def log_on_paper() -> str:
    """The log as it is filtered and sorted on the screen, all pages of it, for a printer."""
    clients, wish = clients_of(current_user), wish_asked()
    found = [
        (session, STATES[review.state][0])
        for session, review in db.session.execute(sessions_of(current_user, wish, clients))
    ]
    free = sum(session.minutes for session, _ in found if session.payment == Payment.PRO_BONO)
    return render_template(
        "credentials/log_print.html",
        sessions=found,
        total=sum(session.minutes for session, _ in found),
        free=free,
        wish_words=wish_words(wish, clients),
        payment_words=PAYMENTS,
        day=today(current_user.time_zone),
    )


@hours.get("/log/icf.xlsx")
@signed_in
def icf_workbook() -> AnyResponse:
    return _download(icf_xlsx(icf_rows(current_user)), XLSX, "coaching-log-icf.xlsx")


@hours.get("/log/icf.csv")
@signed_in
def icf_text() -> AnyResponse:
    return _download(icf_csv(icf_rows(current_user)), "text/csv; charset=utf-8", "coaching-log-icf.csv")


@hours.get("/log/audit-pack.zip")
@signed_in
def pack() -> AnyResponse:
    return _download(audit_pack(current_user, at=now()), "application/zip", "coaching-log-audit-pack.zip")


@hours.get("/log/my-data.json")
@signed_in
def data() -> AnyResponse:
    return _download(my_data(current_user, at=now()), "application/json", "coaching-log-my-data.json")


def _download(data: bytes, mimetype: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, content_type=mimetype, headers=headers)
