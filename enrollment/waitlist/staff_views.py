"""Staff: a cohort's line, why nobody was offered a seat, and the rare change of its order with a reason."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from enrollment.waitlist import offering, queries, queueing, standing
from enrollment.waitlist.forms import ReasonForm
from enrollment.waitlist.models import WaitlistEntry, WaitlistState
from foundation.access import staff
from foundation.audit import AuditLine
from foundation.clock import now
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import count, iso, shown_datetime
from foundation.paging import paginate

staff_waitlist = Blueprint("staff_waitlist", __name__, url_prefix="/staff/cohorts/<code>/waitlist")

TONES = {
    WaitlistState.WAITING: ("Waiting", "wait"),
    WaitlistState.OFFERED: ("Offered", "note"),
    WaitlistState.ACCEPTED: ("Accepted", "good"),
    WaitlistState.LAPSED: ("Lapsed", "bad"),
    WaitlistState.LEFT: ("Left", "quiet"),
    WaitlistState.DECLINED: ("Declined", "quiet"),
}
HEADER = ["Place", "Name", "E-mail", "State", "Joined", "Offered until", "Ended"]


@staff_waitlist.get("")
@staff("registrar", "admissions")
def listing(code: str) -> str | Response:
    at, cohort = now(), queries.cohort_named(code)
    words, state = request.args.get("words", "").strip()[:100], request.args.get("state", "")
    found = standing.entries(cohort, words=words, state=state)
    if request.args.get("format") == "csv":
        return csv_response(f"waitlist-{code}.csv", HEADER, [_row(*row) for row in db.session.execute(found)])
    numbers = standing.numbers(cohort, at)
    return render_template(
        "staff/enrollment/waitlist.html",
        cohort=cohort,
        numbers=numbers,
        why=standing.why_nobody(cohort, numbers, at=at),
        page=paginate(found, request.args.get("page", 1, type=int), scalars=False),
        tones=TONES,
        words=words,
        state=state,
        choices=[("", "Any state"), *((str(key), word) for key, (word, _) in TONES.items())],
        csv_url=url_for("staff_waitlist.listing", code=code, words=words, state=state, format="csv"),
        page_url=lambda n: url_for("staff_waitlist.listing", code=code, words=words, state=state, page=n),
        changes=[_change(*row) for row in standing.changes(cohort)],
    )


def _row(entry: WaitlistEntry, place: int | None) -> list[str]:
    moments = (entry.joined_at, entry.offered_until, entry.ended_at)
    joined, until, ended = (iso(moment) if moment else "" for moment in moments)
    return [str(place or ""), entry.user.name, entry.user.email, str(entry.state), joined, until, ended]


def _change(line: AuditLine, who: str, by: str) -> dict[str, str]:
    jumped = line.verb == "waitlist.let_ahead"
    title = f"{who} was let ahead, from place {line.facts['was']}" if jumped else f"{who} was taken off the line"
    return {"when": shown_datetime(line.at), "title": title, "by": by, "text": line.facts["reason"]}


@staff_waitlist.post("/offer")
@staff("registrar", "admissions")
def offer(code: str) -> AnyResponse:
    """What the sweep does, now; the same rules, the same order."""
    offered = offering.offer_free_seats(queries.cohort_named(code), at=now())
    db.session.commit()
    said = (
        f"{count(offered, 'seat')} offered." if offered else "Nobody could be offered a seat; the line below says why."
    )
    flash(said, "good" if offered else "note")
    return redirect(url_for("staff_waitlist.listing", code=code), 303)


@staff_waitlist.route("/<public_id>/ahead", methods=["GET", "POST"])
@staff("registrar", "admissions")
def ahead(code: str, public_id: str) -> str | AnyResponse | tuple[str, int]:
    return _with_reason(code, public_id, "ahead", queueing.let_ahead, "is the first in line.")


@staff_waitlist.route("/<public_id>/off", methods=["GET", "POST"])
@staff("registrar", "admissions")
def off(code: str, public_id: str) -> str | AnyResponse | tuple[str, int]:
    return _with_reason(code, public_id, "off", queueing.take_off, "is off the waitlist.")


def _with_reason(
    code: str, public_id: str, act: str, verb: Callable[..., None], said: str
) -> str | AnyResponse | tuple[str, int]:
    entry, form = queries.in_cohort(code, public_id), ReasonForm()
    if form.validate_on_submit():
        try:
            verb(entry, actor=current_user, reason=str(form.reason.data), at=now())
            db.session.commit()
            flash(f"{entry.user.name} {said}", "good")
        except Refused as refused:
            db.session.rollback()
            flash(refused.message, "bad")
        return redirect(url_for("staff_waitlist.listing", code=code), 303)
    page = render_template("staff/enrollment/waitlist_change.html", entry=entry, form=form, act=act)
    return (page, 422) if form.has_errors else page
