"""The file of one line: its evidence, every decision about it, looking again, and asking a colleague."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from credentials import reviewing, second_looking
from credentials.beside import Beside, beside_lines
from credentials.coaching_log.merging import merged_words
from credentials.doors import staff_hours
from credentials.flagging import flags_of
from credentials.forms import QuestionForm, ReturnForm
from credentials.models import Kind, LedgerEntry
from credentials.observing.queries import signed_in, title_of
from credentials.prior_learning.showing import claim_behind
from credentials.queueing import decisions_of, evidence_words, line_for_staff, reversal_of
from credentials.renewing.filling import documents_behind
from credentials.wording import KINDS, STATES
from foundation.access import staff
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import shown_datetime


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
    return show(public_id, form)


@staff_hours.post("/<public_id>/second-look")
@staff("registrar")
def second_look(public_id: str) -> str | Response:
    """Ask a colleague to look at a line, and leave the decision to them."""
    question, (entry, review) = QuestionForm(), line_for_staff(public_id)
    if question.validate_on_submit():
        try:
            second_looking.ask(review, current_user, now(), question=question.question.data or "")
            db.session.commit()
            flash("It waits for a colleague, with your question beside it.", "good")
            return redirect(url_for("staff_hours.line", public_id=entry.public_id), 303)
        except Refused as refused:
            db.session.rollback()
            question.refuse(refused)
    return show(public_id, ReturnForm(formdata=None), question)


def show(public_id: str, form: ReturnForm, question: QuestionForm | None = None) -> str:
    """The line's page, with what was refused beside its field."""
    entry, review = line_for_staff(public_id)
    beside = beside_lines([entry.id])
    return render_template(
        "staff/credentials/line.html",
        form=form,
        entry=entry,
        review=review,
        kind=KINDS[entry.kind],
        state=STATES[review.state],
        evidence=[*evidence_words(entry), *beside[entry.id].evidence, *_merged(entry)],
        mentor=beside[entry.id].mentor,
        claim=claim_behind(entry),
        papers=_papers(beside[entry.id]),
        documents=documents_behind(entry.id) if entry.kind == Kind.CCE else [],
        flags=flags_of([entry], beside)[entry.id],
        reversal=reversal_of(entry),
        history=[_decision(one) for one in decisions_of(entry)],
        question=question or QuestionForm(formdata=None),
    )


def _merged(entry: LedgerEntry) -> list[str]:
    return merged_words(entry) if entry.kind == Kind.COACHING else []


def _papers(beside: Beside) -> list[tuple[str, str]]:
    """Forms that both have signed within the mentor session."""
    signed = signed_in(beside.mentoring.id) if beside.mentoring else []
    return [(title_of(one), url_for("staff_hours.form_for_registrar", public_id=one.public_id)) for one in signed]


def _decision(one: Any) -> dict[str, Any]:
    return {
        "when": shown_datetime(one.at),
        "title": f"{STATES[one.was][0]} → {STATES[one.became][0]}",
        "by": one.actor.name if one.actor else None,
        "text": one.reason or None,
        "tone": "bad" if STATES[one.became][1] == "bad" else None,
    }
