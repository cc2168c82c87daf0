"""The registrar's queue of hours: approve, return with a reason, undo; and the file of each line."""

from __future__ import annotations

from typing import Any

from flask import Response as AnyResponse
from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from credentials import line_staff_views, reviewing
from credentials.asking import offer_undo, page_number, page_url, with_filters
from credentials.batching import batches, trainees_waiting
from credentials.beside import Beside, beside_lines
from credentials.certificates import staff_views as certificate_views
from credentials.doors import staff_certificates, staff_hours, staff_mentoring, staff_mentors
from credentials.flagging import flags_of
from credentials.forms import ReturnForm
from credentials.mentor_coaching import staff_views as mentor_staff_views
from credentials.mentor_slots import mentor_views as slot_views
from credentials.observing import mentor_views as observing_views
from credentials.passports import staff_views as school_views
from credentials.performance import mentor_views as performance_views
from credentials.prior_learning import staff_views as prior_learning_staff_views
from credentials.queueing import evidence_words, waiting
from credentials.transcripts import staff_views as transcript_staff_views
from credentials.wording import KINDS
from foundation.access import staff
from foundation.clock import now
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import count
from foundation.paging import paginate, paginate_at_once

__all__ = [
    "certificate_views",
    "line_staff_views",
    "mentor_staff_views",
    "observing_views",
    "performance_views",
    "prior_learning_staff_views",
    "school_views",
    "slot_views",
    "staff_certificates",
    "staff_hours",
    "staff_mentoring",
    "staff_mentors",
    "transcript_staff_views",
]


@staff_hours.get("")
@staff("registrar")
def queue() -> str:
    """Trainee by trainee: what is odd stands apart, what is clean is one click."""
    return _batches(ReturnForm(formdata=None))


@staff_hours.get("/lines")
@staff("registrar")
def lines() -> str:
    """Line by line, with filters."""
    return _queue(ReturnForm(formdata=None))


@staff_hours.post("/decide")
@staff("registrar")
def decide() -> str | Response:
    """Approve or return what is ticked, the one line whose button was pressed, or one trainee's clean batch."""
    form, one, batch = ReturnForm(), request.form.get("one", ""), request.form.get("batch", "")
    action, _, alone = one.partition(":") if one else (request.form.get("action", "approve"), "", "")
    chosen = [alone] if alone else request.form.getlist(f"clean-{batch}" if batch else "entries")
    if form.validate_on_submit():
        try:
            _act(action, chosen, form.reason.data or request.form.get(f"reason-{alone}", ""))
            return redirect(_back(), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    return _again(form, chosen, alone)


def _again(form: ReturnForm, chosen: list[str], alone: str) -> str:
    """The page the refused decision came from."""
    if request.args.get("by") == "file":
        return line_staff_views.show(alone, form)
    return _queue(form, chosen=chosen, wrong=alone) if _by_line() else _batches(form, wrong=alone)


def _by_line() -> bool:
    return request.args.get("by") == "line"


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
    return url_for("staff_hours.lines" if _by_line() else "staff_hours.queue", **kept)


def _batches(form: ReturnForm, wrong: str = "") -> str:
    kind, words = request.args.get("kind", ""), request.args.get("words", "").strip()[:80]
    page = paginate_at_once(trainees_waiting(kind=kind, words=words), page_number(), per=8)
    found = batches([(row.user_id, row.number) for row in page.items], kind=kind, words=words)
    return render_template(
        "staff/credentials/batches.html",
        form=form,
        page=page,
        url=page_url("staff_hours.queue"),
        batches=found,
        kinds=[("", "Every kind"), *((str(k), label) for k, label in KINDS.items())],
        kind=kind,
        words=words,
        wrong=wrong,
        csv=with_filters("staff_hours.queue_csv"),
        kept={name: value for name, value in request.args.to_dict().items() if name in {"kind", "words"}},
    )


def _queue(form: ReturnForm, chosen: list[str] | None = None, wrong: str = "") -> str:
    kind, words = request.args.get("kind", ""), request.args.get("words", "").strip()[:80]
    page = paginate(waiting(kind=kind, words=words), page_number(), per=50, scalars=False)
    beside = beside_lines(entry.id for entry, _ in page.items)
    flags = flags_of([entry for entry, _ in page.items], beside)
    wanted = request.args.get("flagged", "")
    shown = [(entry, review) for entry, review in page.items if _shown(flags[entry.id], wanted)]
    return render_template(
        "staff/credentials/lines.html",
        form=form,
        page=page,
        url=page_url("staff_hours.lines"),
        rows=[_row(entry, review, flags[entry.id], beside[entry.id]) for entry, review in shown],
        kinds=[("", "Every kind"), *((str(k), words) for k, words in KINDS.items())],
        kind=kind,
        words=words,
        flagged=wanted,
        chosen=chosen or [],
        wrong=wrong,
        csv=with_filters("staff_hours.queue_csv"),
        kept={name: value for name, value in request.args.to_dict().items() if name != "page"} | {"by": "line"},
    )


@staff_hours.get("/queue.csv")
@staff("registrar")
def queue_csv() -> AnyResponse:
    """What is on the screen, all pages of it; clients as codes."""
    found = db.session.execute(waiting(kind=request.args.get("kind", ""), words=request.args.get("words", "")))
    lines = [(entry, review) for entry, review in found]
    beside = beside_lines(entry.id for entry, _ in lines)
    flags = flags_of([entry for entry, _ in lines], beside)
    header = ["Sent", "Trainee", "Kind", "Day", "What", "Minutes", "Evidence", "Oddities"]
    rows = [
        [
            review.sent_at.date().isoformat(),
            entry.user.name,
            KINDS[entry.kind],
            entry.on.isoformat(),
            entry.title,
            entry.minutes,
            "; ".join([*evidence_words(entry), *beside[entry.id].evidence]),
            "; ".join(flags[entry.id]),
        ]
        for entry, review in lines
        if _shown(flags[entry.id], request.args.get("flagged", ""))
    ]
    return csv_response("hours-to-review.csv", header, rows)


def _shown(flags: list[str], wanted: str) -> bool:
    return wanted not in {"yes", "no"} or bool(flags) == (wanted == "yes")


def _row(entry: Any, review: Any, flags: list[str], beside: Beside) -> dict[str, Any]:
    return {
        "entry": entry,
        "sent_at": review.sent_at,
        "kind": KINDS[entry.kind],
        "evidence": [*evidence_words(entry), *beside.evidence],
        "flags": flags,
    }
