"""The trainee's own hours: where they stand, every line with its trail, and sending lines to be checked."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from credentials import assessment_views, overviewing, reviewing
from credentials.asking import page_number, page_url, with_filters
from credentials.certificates import views as certificate_views
from credentials.coaching_log import client_views, import_views, merge_views, peer_views, taking_away_views
from credentials.coaching_log import views as coaching_views
from credentials.coaching_log.phone import views as phone_views
from credentials.confirming import public_views as confirming_public_views
from credentials.confirming import views as confirming_views
from credentials.doors import confirm, credentials, hours, verify
from credentials.explaining import views as explaining_views
from credentials.forms import SubmitForm
from credentials.mentor_coaching import views as mentor_views
from credentials.mentor_slots import views as slot_views
from credentials.models import LedgerReview, ReviewState
from credentials.observing import views as observing_views
from credentials.overviewing import Overview
from credentials.passports import verify_views as passport_verify_views
from credentials.passports import views as passport_views
from credentials.performance import views as performance_views
from credentials.prior_learning import passport_views as transfer_views
from credentials.prior_learning import views as prior_learning_views
from credentials.profiling import records_of
from credentials.renewing import views as renewal_views
from credentials.renewing import wallet_views
from credentials.standing import Standing, usual_path
from credentials.summing import COUNTED
from credentials.trailing import Reversal, line, lines_of, trail
from credentials.transcripts import views as transcript_views
from credentials.wording import KINDS, STATES
from foundation.access import signed_in
from foundation.clock import now, today
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import Refused
from foundation.paging import paginate

__all__ = ["confirm", "credentials", "hours", "verify"]
PARTS = (
    assessment_views,
    certificate_views,
    client_views,
    merge_views,
    coaching_views,
    confirming_public_views,
    confirming_views,
    explaining_views,
    import_views,
    mentor_views,
    observing_views,
    passport_verify_views,
    passport_views,
    peer_views,
    performance_views,
    phone_views,
    prior_learning_views,
    renewal_views,
    taking_away_views,
    transfer_views,
    wallet_views,
    slot_views,
    transcript_views,
)
AT_ONCE = 100


@hours.get("")
@signed_in
def overview() -> str:
    person, today_there = current_user.id, today(current_user.time_zone)
    facts = overviewing.facts_of(person, overviewing.asked_in(request.args), today_there)
    return render_template("credentials/overview.html", hours=Overview(facts))


@hours.get("/ledger")
@signed_in
def ledger() -> str:
    kind, state = request.args.get("kind", ""), request.args.get("state", "")
    page = paginate(lines_of(current_user.id, kind=kind, state=state), page_number(), per=25, scalars=False)
    records = records_of(current_user.id)
    excluded = Standing(records, "ACC", usual_path(records), today(current_user.time_zone)).excluded
    lines = [line(row) for row in page.items]
    return render_template(
        "credentials/ledger.html",
        page=page,
        url=page_url(),
        lines=[(one, trail(one, excluded), excluded.get(one.record or "")) for one in lines],
        kinds=[("", "Every kind"), *((str(k), words) for k, words in KINDS.items())],
        states=[("", "Every state"), *((str(s), words) for s, (words, _) in STATES.items())],
        kind=kind,
        state=state,
        csv=with_filters("hours.ledger_csv"),
        total=records.totals.minutes(),
    )


@hours.get("/ledger.csv")
@signed_in
def ledger_csv() -> Response:
    query = lines_of(current_user.id, kind=request.args.get("kind", ""), state=request.args.get("state", ""))
    found = [line(row) for row in db.session.execute(query)]
    header = [
        "Day",
        "Kind",
        "What",
        "Minutes",
        "Core minutes",
        "Synchronous",
        "State",
        "Returned or taken back because",
        "Counted minutes",
    ]
    rows = [
        [
            one.entry.on.isoformat(),
            one.kind,
            one.entry.title,
            one.entry.minutes if one.stands else 0,
            one.entry.core_minutes if one.stands else 0,
            "yes" if one.entry.synchronous else "no",
            STATES[one.state][0] if one.stands else "Taken back",
            one.reversed_why or one.reason,
            one.entry.minutes if one.stands and one.state in COUNTED else 0,
        ]
        for one in found
    ]
    return csv_response("hours.csv", header, rows)


@hours.route("/review", methods=["GET", "POST"])
@signed_in
def review() -> str | AnyResponse:
    form = SubmitForm()
    if form.validate_on_submit():
        try:
            every = request.form.get("which") == "all"
            ticked = request.form.getlist("entries")
            count = (
                reviewing.submit_all(current_user, now()) if every else reviewing.submit(current_user, ticked, now())
            )
            db.session.commit()
            flash(f"{count} sent. The school will look at {'it' if count == 1 else 'them'}.", "good")
            return redirect(url_for("hours.review"), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    return render_template("credentials/review.html", form=form, **_for_review())


def _for_review() -> dict[str, Any]:
    unsent = lines_of(current_user.id).where(*_unsent()).limit(AT_ONCE)
    lines = [line(row) for row in db.session.execute(unsent)]
    sent = db.session.execute(lines_of(current_user.id, state=ReviewState.SENT).limit(50))
    return {
        "ready": [one for one in lines if one.state == ReviewState.LOGGED],
        "returned": [one for one in lines if one.state == ReviewState.RETURNED],
        "sent": [line(row) for row in sent],
        "chosen": request.form.getlist("entries"),
        "of_all": reviewing.unsent_of(current_user) if len(lines) == AT_ONCE else 0,
    }


def _unsent() -> tuple[Any, Any]:
    return LedgerReview.state.in_([ReviewState.LOGGED, ReviewState.RETURNED]), Reversal.id.is_(None)
