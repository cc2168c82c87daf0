"""An owner writes rules: figures as fields, everything as JSON, then what it changes, and publishing."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from credentials.doors import staff_rules
from credentials.models import RuleDraft
from credentials.rules import RulesError
from credentials.ruling import drafting, publishing, reaching
from credentials.ruling.comparing import differences
from credentials.ruling.figures import Figure, figures_of, with_figures
from credentials.ruling.forms import DiscardForm, FiguresForm, PublishForm, TextForm, figures_form
from credentials.ruling.living import live_book
from foundation.access import staff
from foundation.clock import now, today
from foundation.config import settings
from foundation.db import db
from foundation.errors import Refused


@staff_rules.route("/drafts/<public_id>", methods=["GET", "POST"])
@staff()
def draft(public_id: str) -> str | Response:
    """The numbers, a field each."""
    found = drafting.open_draft(public_id, lock=request.method == "POST")
    document = drafting.document_json(found.text)
    figures = figures_of(document, live_book())
    form = figures_form(figures, first_day=_first_day(document), what=_what(document), seen=drafting.seal(found))
    if form.validate_on_submit():
        try:
            _check_seen(found, form)
            drafting.keep(found, _changed(found, form, figures), current_user, now())
            reaching.ask(found, now(), _today())
            db.session.commit()
            return redirect(url_for("staff_rules.review", public_id=public_id), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(_beside(refused, figures, document))
    return render_template(
        "staff/rules/draft.html", draft=found, form=form, groups=_groups(figures, document), discard=DiscardForm()
    )


def _check_seen(found: RuleDraft, form: FiguresForm | TextForm) -> None:
    """Refused once where another changed the draft meanwhile; sent again, it is meant."""
    seen, form.seen.data = form.seen.data or "", drafting.seal(found)
    drafting.check_seen(found, seen)


def _changed(found: RuleDraft, form: FiguresForm, figures: list[Figure]) -> dict[str, Any]:
    """The draft's document with what the form says."""
    typed = {one.name: form[one.name].number for one in figures}
    changed = with_figures(drafting.document_json(found.text), typed, form.source, live_book())
    if form.first_day.data and form.first_day.data != _first_day(changed):
        changed = drafting.with_first_day(changed, form.first_day.data)
    day, what = _first_day(changed), form.what.data or ""
    told = [{"on": day.isoformat(), "what": what, "sources": _told_at(changed)}] if what and day else []
    return changed | {"changes": told + changed.get("changes", [])[1:]}


def _told_at(document: dict[str, Any]) -> list[str]:
    return list(document.get("sources", {}))


def _first_day(document: dict[str, Any]) -> date | None:
    text = document["rule_sets"][0].get("effective_from")
    return date.fromisoformat(text) if text else None


def _what(document: dict[str, Any]) -> str:
    changes = document.get("changes", [])
    return str(changes[0]["what"]) if changes else ""


def _beside(refused: Refused, figures: list[Figure], document: dict[str, Any]) -> Refused:
    """What the checker says, beside the field of the key that it names."""
    for one in figures:
        if f"{document['rule_sets'][one.rule_set]['id']}: {one.key}:" in refused.message:
            return Refused(refused.message, field=one.name)
    if "effective_" in refused.message:
        return Refused(refused.message, field="first_day")
    return Refused(refused.message, field=refused.field if refused.field != "text" else None)


def _groups(figures: list[Figure], document: dict[str, Any]) -> list[tuple[str, list[Figure]]]:
    sets = enumerate(document["rule_sets"])
    return [(raw["id"], [one for one in figures if one.rule_set == place]) for place, raw in sets]


@staff_rules.route("/drafts/<public_id>/text", methods=["GET", "POST"])
@staff()
def draft_text(public_id: str) -> str | Response:
    """Everything, as JSON."""
    found = drafting.open_draft(public_id, lock=request.method == "POST")
    form = TextForm(data={"text": found.text, "seen": drafting.seal(found)})
    if form.validate_on_submit():
        try:
            _check_seen(found, form)
            drafting.keep_text(found, form.text.data or "", current_user, now())
            reaching.ask(found, now(), _today())
            db.session.commit()
            return redirect(url_for("staff_rules.review", public_id=public_id), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    return render_template("staff/rules/draft_text.html", draft=found, form=form)


@staff_rules.route("/drafts/<public_id>/review", methods=["GET", "POST"])
@staff()
def review(public_id: str) -> str | Response:
    """What it changes; and the button that publishes it."""
    form = PublishForm()
    if form.validate_on_submit():
        try:
            found = drafting.open_draft(public_id, lock=True)
            version = publishing.publish(found, current_user, now(), why=form.why.data or "", seen=form.seen.data or "")
            db.session.commit()
            flash(f"Version {version.number} is published. Every page reads it from now on.", "good")
            return redirect(url_for("staff_rules.version", number=version.number), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    found = drafting.open_draft(public_id)
    return render_template("staff/rules/review.html", draft=found, form=form, **_compared(found, form))


def _compared(found: RuleDraft, form: PublishForm) -> dict[str, Any]:
    """What the draft changes in the book as it is now, and for whom; or why it no longer fits. The form remembers."""
    nothing: dict[str, Any] = {"told": [], "fault": "", "reach": None, "turns": [], "people": []}
    try:
        after = drafting.proposed(drafting.document_json(found.text))
    except RulesError as wrong:
        return nothing | {"fault": str(wrong)}
    form.seen.data = after.digest
    reach = reaching.reach_of(found, after)
    known = {"turns": reaching.turns_in_words(reach), "people": reaching.turned(reach)} if reach else {}
    return nothing | {"told": differences(live_book(), after), "reach": reach} | known


@staff_rules.post("/drafts/<public_id>/reach")
@staff()
def reach(public_id: str) -> Response:
    """Work out for whom it changes anything, in the rules as they are now."""
    found = drafting.open_draft(public_id)
    try:
        reaching.ask(found, now(), _today())
        db.session.commit()
    except RulesError:
        db.session.rollback()
    return redirect(url_for("staff_rules.review", public_id=public_id), 303)


def _today() -> date:
    return today(settings().time_zone)


@staff_rules.post("/drafts/<public_id>/discard")
@staff()
def discard(public_id: str) -> Response:
    found = drafting.open_draft(public_id, lock=True)
    if DiscardForm().validate_on_submit():
        drafting.discard(found, current_user, now())
        db.session.commit()
        flash("The draft is discarded. The rules in force are as they were.", "good")
    return redirect(url_for("staff_rules.listing"), 303)
