"""The trainee's own hours: where they stand, every line with its trail, and sending lines to be checked."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from credentials import assessment_views, reviewing
from credentials.asking import page_number, page_url, with_filters
from credentials.certificates import views as certificate_views
from credentials.certificates.queries import papers_of
from credentials.charting import bars_by_month
from credentials.coaching_log import client_views, import_views, peer_views, taking_away_views
from credentials.coaching_log import views as coaching_views
from credentials.coaching_log.phone import views as phone_views
from credentials.confirming import public_views as confirming_public_views
from credentials.confirming import views as confirming_views
from credentials.doors import confirm, credentials, hours, verify
from credentials.evaluating import ProfileError
from credentials.explaining import views as explaining_views
from credentials.forecasting import forecast, next_step
from credentials.forms import KeepForm, SubmitForm, WhatIfForm
from credentials.mentor_coaching import views as mentor_views
from credentials.mentor_slots import views as slot_views
from credentials.models import Kind, LedgerReview, ReviewState
from credentials.observing import views as observing_views
from credentials.passports import verify_views as passport_verify_views
from credentials.passports import views as passport_views
from credentials.prior_learning import views as prior_learning_views
from credentials.profiling import Records, records_of
from credentials.renewing import views as renewal_views
from credentials.renewing import wallet_views
from credentials.standing import Standing, changes_after, mentors_to_ask, usual_path
from credentials.summing import CHECKED, COUNTED
from credentials.trailing import Reversal, line, lines_of, trail
from credentials.wording import KINDS, PATHS, STATES, verdict_words
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
    phone_views,
    prior_learning_views,
    renewal_views,
    taking_away_views,
    wallet_views,
    slot_views,
)
SIDE_BY_SIDE = ("ACC", "PCC")
AT_ONCE = 100


@hours.get("")
@signed_in
def overview() -> str:
    records, day = records_of(current_user.id), today(current_user.time_zone)
    form = _what_if(records, day)
    asked, beside, fault = _standings(records, form, day)
    ahead = forecast(asked, day)
    papers = papers_of(current_user.id)
    recent = [line(row) for row in db.session.execute(lines_of(current_user.id).limit(6))]
    return render_template(
        "credentials/overview.html",
        form=form,
        fault=fault,
        asked=asked,
        path_words=PATHS[asked.path],
        beside=[(one, verdict_words(one.assessment["verdict"], asked.on)) for one in beside],
        verdict=verdict_words(asked.assessment["verdict"], asked.on),
        rings=[one for one in asked.rings if one.missing or not form.remaining.data],
        month=_month(records, asked, day),
        ahead=ahead,
        step=next_step(asked, ahead),
        bars=bars_by_month(records.totals, day),
        lines=[(one, trail(one, asked.excluded), asked.excluded.get(one.record or "")) for one in recent],
        changes=changes_after(day),
        mentors=mentors_to_ask(records, day),
        counts=_counts(records),
        certificates=papers.certificates,
        holds=papers.holds,
        kept=papers.assessment,
        kept_words=verdict_words(papers.assessment.verdict, papers.assessment.apply_on) if papers.assessment else "",
        keep_form=KeepForm(formdata=None),
        is_empty=not records.totals.sums,
        day=day,
    )


def _what_if(records: Records, day: date) -> WhatIfForm:
    form = WhatIfForm(data={"credential": "ACC", "path": usual_path(records), "on": day, "remaining": False})
    for name, default in (("credential", "ACC"), ("path", usual_path(records)), ("on", day)):
        if name not in request.args:
            form[name].data = default
            form[name].raw_data = [str(default)]
    return form


def _standings(records: Records, form: WhatIfForm, day: date) -> tuple[Standing, list[Standing], str]:
    """What was asked, and what stands side by side; where it can't be answered, today's and the reason why."""
    if form.validate():
        try:
            return *_stand(records, form.credential.data, form.path.data, form.on.data or day), ""
        except ProfileError:
            form.refuse(Refused("No published rules are known for that day. The first are of August 2022.", field="on"))
    return *_stand(records, "ACC", usual_path(records), day), "Shown for today instead."


def _stand(records: Records, credential: str, path: str, on: date) -> tuple[Standing, list[Standing]]:
    """Each credential is looked at once. Raises ProfileError where no rules are known for the day."""
    known = {name: Standing(records, name, path, on) for name in dict.fromkeys((credential, *SIDE_BY_SIDE))}
    for standing in known.values():
        _ = standing.assessment
    return known[credential], [known[name] for name in SIDE_BY_SIDE]


def _month(records: Records, asked: Standing, day: date) -> list[dict[str, Any]]:
    """This month's minutes by kind, as a share of what the credential asks for in all."""
    first, required = day.replace(day=1), {one.key: one.required for one in asked.requirements}
    keys = {
        Kind.EDUCATION: "education.total_hours_min",
        Kind.COACHING: "experience.total_hours_min",
        Kind.MENTOR: "mentor.total_hours_min",
    }
    made = []
    for kind, key in keys.items():
        both = records.totals.minutes(kind, COUNTED, month=first)
        checked = records.totals.minutes(kind, CHECKED, month=first)
        whole = required.get(key) or 0
        made.append({"uid": f"month-{kind}", "label": KINDS[kind], "minutes": both, "checked": checked, "whole": whole})
    return [one | _percents(one) for one in made]


def _percents(one: dict[str, Any]) -> dict[str, float]:
    whole = one["whole"] or max(one["minutes"], 1)
    return {
        "verified": min(100, 100 * one["checked"] / whole),
        "waiting": min(100, 100 * (one["minutes"] - one["checked"]) / whole),
    }


def _counts(records: Records) -> dict[str, int]:
    totals = records.totals
    return {str(state): totals.minutes(None, {state}) for state in ReviewState}


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
            count = reviewing.submit(current_user, request.form.getlist("entries"), now())
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
        "is_cut": len(lines) == AT_ONCE,
    }


def _unsent() -> tuple[Any, Any]:
    return LedgerReview.state.in_([ReviewState.LOGGED, ReviewState.RETURNED]), Reversal.id.is_(None)
