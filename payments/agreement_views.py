"""The agreement: what a buyer agreed to, ever after; and, for the owner, the next wording."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from foundation.access import signed_in, staff
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.forms import Form, stripped
from foundation.text import markdown_to_html
from payments import accepting, agreeing
from payments.models import PublishedAgreement
from payments.paper_views import may_read, orders

staff_agreements = Blueprint("staff_agreements", __name__, url_prefix="/staff/agreements")


class AgreementForm(Form):
    """The next wording, in Markdown."""

    title = StringField("Title", filters=[stripped], validators=[DataRequired("Give it a title."), Length(max=120)])
    body_md = TextAreaField(
        "Text (Markdown)",
        filters=[stripped],
        validators=[DataRequired("Write the text."), Length(max=60_000)],
        render_kw={"rows": 24},
    )
    note = StringField(
        "Why it changes",
        filters=[stripped],
        validators=[DataRequired("Say why; it stays in the history."), Length(max=300)],
    )
    after = HiddenField()


@orders.get("/orders/<public_id>/agreement")
@signed_in
def agreement(public_id: str) -> str:
    order = may_read(public_id)
    return render_template("payments/agreement.html", order=order, told=accepting.accepted(order))


@staff_agreements.get("")
@staff("finance", "registrar", "admissions")
def listing() -> str:
    rows = select(PublishedAgreement).options(joinedload(PublishedAgreement.published_by))
    found = list(db.session.scalars(rows.order_by(PublishedAgreement.id.desc())).unique())
    return render_template(
        "staff/payments/agreements.html", current=agreeing.current(), rows=found, first=agreeing.versions()
    )


@staff_agreements.get("/<version>")
@staff("finance", "registrar", "admissions")
def show(version: str) -> str:
    try:
        return render_template("staff/payments/agreement.html", told=agreeing.agreement(version))
    except FileNotFoundError:
        raise NotFound from None


@staff_agreements.route("/new", methods=["GET", "POST"])
@staff()
def write() -> str | Response | tuple[str, int]:
    """First looked at, then published; whoever has the old text open is shown the new one before they order."""
    known = agreeing.current()
    if request.method == "GET":
        begun = {"title": known.title, "body_md": known.body_md, "after": known.version}
        return _page(AgreementForm(formdata=None, data=begun), shown=False)
    form = AgreementForm()
    if not form.validate():
        return _page(form, shown=False), 422
    if request.form.get("do") != "publish":
        return _page(form, shown=True)
    try:
        made = agreeing.publish(
            str(form.title.data),
            str(form.body_md.data),
            note=str(form.note.data),
            actor=current_user,
            at=now(),
            after=str(form.after.data),
        )
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _page(form, shown=False), 422
    db.session.commit()
    flash(f"Published as version {made.version}. Buyers read it from now on.", "good")
    return redirect(url_for("staff_agreements.listing"), 303)


def _page(form: AgreementForm, *, shown: bool) -> str:
    html = markdown_to_html(str(form.body_md.data or "")) if shown else None
    return render_template("staff/payments/agreement_form.html", form=form, html=html)


__all__ = ["orders", "staff_agreements"]
