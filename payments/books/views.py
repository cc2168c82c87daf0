"""A person's own statement."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask_login import current_user

from accounts.models import User
from foundation.access import signed_in
from foundation.clock import now
from foundation.documents import typeset
from payments.books import stating

books = Blueprint("books", __name__)


@books.get("/account/payments/statement")
@signed_in
def mine() -> str:
    """Every charge, payment, refund and waiver, and what is open at the end."""
    return render_template("payments/statement.html", parts=stating.statements(current_user.id))


@books.get("/account/payments/statement.pdf")
@signed_in
def statement() -> Response:
    return statement_pdf(current_user)


def statement_pdf(user: User) -> Response:
    """The statement as it stands now."""
    pdf = typeset("statement", stating.document(user, stating.statements(user.id), now()))
    headers = {"Content-Disposition": 'inline; filename="statement.pdf"', "Cache-Control": "no-store"}
    return Response(pdf, mimetype="application/pdf", headers=headers)
