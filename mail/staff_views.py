"""Staff: letters, those that did not arrive above all."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from foundation.access import staff
from foundation.clock import now
from foundation.db import db
from foundation.filters import shown_datetime
from foundation.paging import paginate
from foundation.states import MoveRefused
from mail import queries, settling, standing
from mail.counting import counts
from mail.models import Letter, LetterState
from mail.rendering import without_private_links
from mail.showing import framed, linked

staff_mail = Blueprint("staff_mail", __name__, url_prefix="/staff/letters")
WORDS = {
    LetterState.QUEUED: "waiting",
    LetterState.SENDING: "being sent",
    LetterState.SENT: "sent",
    LetterState.FAILED: "failed",
    LetterState.SUPPRESSED: "not sent on purpose",
    LetterState.DEAD: "can't be sent",
}
TONES = {
    LetterState.QUEUED: "wait",
    LetterState.SENDING: "wait",
    LetterState.SENT: "good",
    LetterState.FAILED: "bad",
    LetterState.SUPPRESSED: "quiet",
    LetterState.DEAD: "bad",
}
SHELVES = {
    queries.UNDELIVERED: "Did not arrive",
    "waiting": "Waiting",
    "sent": "Sent",
    "suppressed": "Not sent on purpose",
    "all": "All",
}


@staff_mail.get("")
@staff("admissions", "registrar")
def letters() -> str:
    wanted = queries.Wanted.read(request.args)
    page = paginate(queries.letters(wanted), request.args.get("page", 1, type=int))
    return render_template(
        "staff/mail/letters.html",
        page=page,
        wanted=wanted,
        shelves=_shelves(wanted),
        words=WORDS,
        tones=TONES,
        standstill=standing.current(now()),
        page_url=lambda number: url_for("staff_mail.letters", page=number, **wanted.as_args()),
    )


@staff_mail.get("/<public_id>")
@staff("admissions", "registrar")
def letter(public_id: str) -> str:
    found = queries.letter(public_id)
    return render_template(
        "staff/mail/letter.html",
        letter=found,
        text=linked(without_private_links(found.text or "")),
        facts=_facts(found),
        told=[{"when": shown_datetime(line.at), "title": "Sent again"} for line in queries.told(found)],
        words=WORDS,
        tones=TONES,
    )


@staff_mail.get("/<public_id>/html")
@staff("admissions", "registrar")
def letter_html(public_id: str) -> Response:
    return framed(without_private_links(queries.letter(public_id).html or ""))


@staff_mail.post("/<public_id>/again")
@staff("admissions", "registrar")
def send_again(public_id: str) -> Response:
    found = queries.letter(public_id)
    try:
        settling.send_again(found, actor=current_user, at=now())
        db.session.commit()
        flash("The letter is in the queue again.", "good")
    except MoveRefused:
        flash("This letter has been sent, or is being sent just now.", "bad")
    return redirect(url_for("staff_mail.letter", public_id=public_id), 303)


def _shelves(wanted: queries.Wanted) -> list[dict[str, object]]:
    """The tabs over the list, each with how many letters lie there; only what needs somebody shows a number."""
    numbers = counts()
    return [
        {
            "label": label,
            "href": url_for("staff_mail.letters", state=state, q=wanted.words or None),
            "current": state == wanted.state,
            "count": sum(numbers[s] for s in queries.STATES[state]) if state in {queries.UNDELIVERED, "waiting"} else 0,
        }
        for state, label in SHELVES.items()
    ]


def _facts(found: Letter) -> list[tuple[str, str]]:
    answer = " ".join(str(part) for part in (found.smtp_code, found.smtp_text) if part)
    pairs = [
        ("Kind", found.kind),
        ("Promised", shown_datetime(found.promised_at)),
        ("Sent", shown_datetime(found.sent_at) if found.sent_at else "not yet"),
        ("Tries", str(found.attempts)),
        ("The mail server's last answer", answer or "none yet"),
        ("Message-ID", found.message_id),
    ]
    if found.state == LetterState.QUEUED:
        pairs.insert(3, ("Next try", shown_datetime(found.due_at)))
    return pairs
