"""The registrar's queue of hours: approve, return with a reason, undo; and the file of each line."""

from __future__ import annotations

from typing import Any

from flask import Response as AnyResponse
from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from credentials import reviewing
from credentials.asking import offer_undo, page_number, page_url, with_filters
from credentials.certificates import staff_views as certificate_views
from credentials.doors import staff_certificates, staff_hours
from credentials.flagging import flags_of
from credentials.forms import ReturnForm, SubmitForm
from credentials.queueing import decisions_of, evidence_words, line_for_staff, reversal_of, waiting
from credentials.wording import KINDS, STATES
from foundation.access import staff
from foundation.clock import now
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import count, shown_datetime
from foundation.paging import paginate

__all__ = ["certificate_views", "staff_certificates", "staff_hours"]


@staff_hours.get("")
@staff("registrar")
def queue() -> str:
    return _queue(ReturnForm(formdata=None))


@staff_hours.post("/decide")
@staff("registrar")
def decide() -> str | Response:
    """Approve or return what is ticked, or the one line whose button was pressed."""
    form, one = ReturnForm(), request.form.get("one", "")
    action, _, alone = one.partition(":") if one else (request.form.get("action", ""), "", "")
    chosen = [alone] if alone else request.form.getlist("entries")
    if form.validate_on_submit():
        try:
            _act(action, chosen, form.reason.data or request.form.get(f"reason-{alone}", ""))
            return redirect(_back(), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    return _queue(form, chosen=chosen, wrong=alone)


def _act(action: str, chosen: list[str], reason: str) -> None:
    if action == "return":
        batch, words = reviewing.send_back(chosen, current_user, now(), reason=reason), "Returned"
    else:
        batch, words = reviewing.approve(chosen, current_user, now()), "Approved"
    db.session.commit()
    text = f"{words}: {count(len(chosen), 'line')}."
    offer_undo(text, url_for("staff_hours.undo"), batch=batch)


@staff_hours.post("/undo")
@staff("registrar")
def undo() -> Response:
    try:
        undone = reviewing.undo(request.form.get("batch", ""), current_user, now())
        db.session.commit()
        flash(f"Undone: {count(undone, 'line')} wait again.", "good")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(_back(), 303)


def _back() -> str:
    kept: dict[str, Any] = {name: request.args[name] for name in ("kind", "words", "flagged") if request.args.get(name)}
    return url_for("staff_hours.queue", **kept)


def _queue(form: ReturnForm, chosen: list[str] | None = None, wrong: str = "") -> str:
    kind, words = request.args.get("kind", ""), request.args.get("words", "").strip()[:80]
    page = paginate(waiting(kind=kind, words=words), page_number(), per=50, scalars=False)
    flags = flags_of([entry for entry, _ in page.items])
    wanted = request.args.get("flagged", "")
    rows = [_row(entry, review, flags[entry.id]) for entry, review in page.items if _shown(flags[entry.id], wanted)]
    return render_template(
        "staff/credentials/queue.html",
        form=form,
        page=page,
        url=page_url(),
        rows=rows,
        kinds=[("", "Every kind"), *((str(k), words) for k, words in KINDS.items())],
        kind=kind,
        words=words,
        flagged=wanted,
        chosen=chosen or [],
        wrong=wrong,
        csv=with_filters("staff_hours.queue_csv"),
        kept={name: value for name, value in request.args.to_dict().items() if name != "page"},
    )


@staff_hours.get("/queue.csv")
@staff("registrar")
def queue_csv() -> AnyResponse:
    """What is on the screen, all pages of it; clients as codes."""
    found = db.session.execute(waiting(kind=request.args.get("kind", ""), words=request.args.get("words", "")))
    lines = [(entry, review) for entry, review in found]
    flags = flags_of([entry for entry, _ in lines])
    header = ["Sent", "Trainee", "Kind", "Day", "What", "Minutes", "Evidence", "Oddities"]
    rows = [
        [
            review.sent_at.date().isoformat(),
            entry.user.name,
            KINDS[entry.kind],
            entry.on.isoformat(),
            entry.title,
            entry.minutes,
            "; ".join(evidence_words(entry)),
            "; ".join(flags[entry.id]),
        ]
        for entry, review in lines
        if _shown(flags[entry.id], request.args.get("flagged", ""))
    ]
    return csv_response("hours-to-review.csv", header, rows)


def _shown(flags: list[str], wanted: str) -> bool:
    return wanted not in {"yes", "no"} or bool(flags) == (wanted == "yes")


def _row(entry: Any, review: Any, flags: list[str]) -> dict[str, Any]:
    return {
        "entry": entry,
        "sent_at": review.sent_at,
        "kind": KINDS[entry.kind],
        "evidence": evidence_words(entry),
        "flags": flags,
    }


@staff_hours.route("/<public_id>", methods=["GET", "POST"])
@staff("registrar")
def line(public_id: str) -> str | Response:
    form = ReturnForm()
    if form.validate_on_submit():
        try:
            reviewing.reopen(public_id, current_user, now(), reason=form.reason.data or "")
            db.session.commit()
            flash("It waits in the queue again.", "good")
            return redirect(url_for("staff_hours.line", public_id=public_id), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    entry, review = line_for_staff(public_id)
    return render_template(
        "staff/credentials/line.html",
        form=form,
        entry=entry,
        review=review,
        kind=KINDS[entry.kind],
        state=STATES[review.state],
        evidence=evidence_words(entry),
        flags=flags_of([entry])[entry.id],
        reversal=reversal_of(entry),
        history=[_decision(one) for one in decisions_of(entry)],
        token=SubmitForm(formdata=None),
    )


def _decision(one: Any) -> dict[str, Any]:
    return {
        "when": shown_datetime(one.at),
        "title": f"{STATES[one.was][0]} → {STATES[one.became][0]}",
        "by": one.actor.name if one.actor else None,
        "text": one.reason or None,
        "tone": "bad" if STATES[one.became][1] == "bad" else None,
    }
