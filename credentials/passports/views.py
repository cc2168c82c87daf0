"""A person's own passport: made, and taken away as a file or on paper. Only by the one whose hours they are."""

from __future__ import annotations

import json

from flask import Response, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from credentials.certificates.holding import tuition_holds_of
from credentials.certificates.queries import valid_of
from credentials.certificates.sharing import badge_of
from credentials.certificates.views import pdf_response
from credentials.doors import hours
from credentials.passports import issuing
from credentials.passports.documents import passport_pdf
from credentials.passports.forms import MakeForm
from foundation.access import signed_in
from foundation.audit import record
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import shown_date
from foundation.limits import limiter


@hours.route("/passport", methods=["GET", "POST"])
@signed_in
@limiter.limit("30/hour", methods=["POST"])
def passport() -> str | AnyResponse:
    form = MakeForm()
    if form.validate_on_submit():
        try:
            made = issuing.issue(current_user, now())
            db.session.commit()
            flash(f"Your passport {made.number} is ready. It is as of {shown_date(made.issued_at)}.", "good")
            return redirect(url_for("hours.passport"), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    return render_template(
        "credentials/passport.html",
        form=form,
        passports=issuing.passports_of(current_user),
        holds=tuition_holds_of(current_user.id),
        badges=[(one, badge) for one in valid_of(current_user.id) if (badge := badge_of(one))],
    )


@hours.get("/passport/<number>.json")
@signed_in
def passport_file(number: str) -> Response:
    paper = issuing.passport_of(current_user, number)
    record("passport.taken", subject=paper, actor=current_user, at=now(), number=number)
    db.session.commit()
    written = json.dumps(issuing.as_file(paper), ensure_ascii=False, indent=1) + "\n"
    headers = {"Content-Disposition": f'attachment; filename="passport-{number}.json"', "Cache-Control": "no-store"}
    return Response(written, content_type="application/json", headers=headers)


@hours.get("/passport/<number>.pdf")
@signed_in
def passport_on_paper(number: str) -> Response:
    paper = issuing.passport_of(current_user, number)
    return pdf_response(passport_pdf(paper), f"passport-{number}.pdf")
