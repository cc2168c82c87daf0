"""The rules on the staff's pages: every set with its days, one set's figures, the school's versions of them."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from credentials.assessing import number_under
from credentials.doors import staff_rules
from credentials.ruling import draft_views, drafting, publishing
from credentials.ruling.comparing import days_of, place_of
from credentials.ruling.forms import BeginForm, WithdrawVersionForm
from credentials.ruling.living import live, live_book
from credentials.ruling.queries import lines_of, listed, open_drafts, sets_by_line, versions
from foundation.access import staff
from foundation.clock import now, today
from foundation.config import settings
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import NotFound, Refused

__all__ = ["draft_views", "staff_rules"]


@staff_rules.get("")
@staff("registrar")
def listing() -> str:
    laid, day = live(), today(settings().time_zone)
    return render_template(
        "staff/rules/listing.html",
        lines=sets_by_line(laid.book, day),
        misfits=laid.misfits,
        compiled_on=laid.book.compiled_on,
        drafts=open_drafts() if current_user.has_role("owner") else [],
        versions=versions(),
        days_of=days_of,
    )


@staff_rules.get("/figures.csv")
@staff("registrar")
def figures_csv() -> Response:
    """Every figure of every rule set in force or known, with where it stands."""
    book = live_book()
    header = ["Rule set", "From", "To", "Key", "What", "Rule", "Confidence", "Note", "Sources"]
    rows = [
        [
            one.id,
            one.effective_from.isoformat() if one.effective_from else "",
            one.effective_to.isoformat() if one.effective_to else "",
            line.key,
            line.label,
            line.words,
            line.rule.confidence,
            line.rule.note or "",
            " ".join(line.rule.sources),
        ]
        for one in book.rule_sets.values()
        for line in lines_of(book, one)
    ]
    return csv_response("rules.csv", header, rows)


@staff_rules.get("/sets/<name>")
@staff("registrar")
def one_set(name: str) -> str:
    return _set(name, BeginForm(formdata=None))


@staff_rules.post("/sets/<name>/begin")
@staff()
def begin(name: str) -> str | AnyResponse:
    """A draft that follows these rules from a day on, or corrects them."""
    form = BeginForm()
    if form.validate_on_submit():
        try:
            draft = drafting.begin(
                name, current_user, now(), first_day=None if form.correct.data else form.first_day.data
            )
            db.session.commit()
            return redirect(url_for("staff_rules.draft", public_id=draft.public_id), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    return _set(name, form)


def _set(name: str, form: BeginForm) -> str:
    book = live_book()
    rule_set = book.rule_sets.get(name)
    if rule_set is None:
        raise NotFound
    return render_template(
        "staff/rules/set.html",
        form=form,
        one=listed(book, rule_set, today(settings().time_zone)),
        place=place_of(rule_set),
        days=days_of(rule_set),
        lines=lines_of(book, rule_set),
        may_write=current_user.has_role("owner"),
    )


@staff_rules.get("/versions/<int:number>")
@staff("registrar")
def version(number: int) -> str:
    return _version(number, WithdrawVersionForm(formdata=None))


@staff_rules.post("/versions/<int:number>/withdraw")
@staff()
def withdraw(number: int) -> str | AnyResponse:
    form = WithdrawVersionForm()
    if form.validate_on_submit():
        try:
            publishing.withdraw(publishing.version_numbered(number), current_user, now(), reason=form.reason.data or "")
            db.session.commit()
            flash(f"Version {number} is taken back. What was assessed under it keeps it.", "good")
            return redirect(url_for("staff_rules.version", number=number), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    return _version(number, form)


def _version(number: int, form: WithdrawVersionForm) -> str:
    found = publishing.version_numbered(number)
    return render_template(
        "staff/rules/version.html",
        version=found,
        form=form,
        may_write=current_user.has_role("owner"),
        assessed=number_under(number),
    )


@staff_rules.get("/versions/<int:number>/document")
@staff("registrar")
def document(number: int) -> Response:
    """The version's document as it was published."""
    found = publishing.version_numbered(number)
    headers = {"Content-Disposition": f'attachment; filename="rules-version-{number}.json"'}
    return Response(found.text, mimetype="application/json", headers=headers)
