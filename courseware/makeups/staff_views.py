"""Staff decide make-ups, oldest first; they set a cohort's rule and say where a class's recording lies."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from courseware.attending import latest_mark
from courseware.doors import MARKING, staff_classes
from courseware.makeups.deciding import WORDS, accept, give_back, take_back
from courseware.makeups.forms import WAYS, DecideForm, RecordingForm, RuleForm
from courseware.makeups.making_up import rule_of
from courseware.makeups.queries import earlier_ones, make_up_for, make_ups_for
from courseware.makeups.ruling import cohort_by, set_recording, set_rule
from courseware.models import MakeUp, MakeUpState
from courseware.staff_queries import class_for
from credentials.asking import page_number, page_url
from foundation.access import staff
from foundation.clock import now
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import hours
from foundation.paging import paginate

HEADER = [
    "Trainee",
    "Class",
    "Day of the class",
    "Cohort",
    "Way",
    "Made up on",
    "State",
    "Minutes",
    "Handed in",
    "Reason",
]
CHOICES = [
    ("handed_in", "Waiting"),
    ("all", "Any state"),
    *((str(s), WORDS[s].capitalize()) for s in MakeUpState if s != "handed_in"),
]
TONES = {
    MakeUpState.HANDED_IN: ("Waits", "wait"),
    MakeUpState.ACCEPTED: ("Accepted", "good"),
    MakeUpState.RETURNED: ("Returned", "bad"),
    MakeUpState.WITHDRAWN: ("Withdrawn", "quiet"),
    MakeUpState.TAKEN_BACK: ("Taken back", "bad"),
}


@staff_classes.get("/make-ups")
@staff(*MARKING)
def make_ups() -> Any:
    words, state = request.args.get("words", "").strip()[:100], request.args.get("state", "handed_in")
    query = make_ups_for(current_user, state=state, words=words)
    if request.args.get("format") == "csv":
        return csv_response("make-ups.csv", HEADER, [_row(one) for one in db.session.scalars(query)])
    return render_template(
        "staff/courseware/make_ups.html",
        page=paginate(query, page_number()),
        url=page_url(),
        words=words,
        state=state,
        choices=CHOICES,
        tones=TONES,
        ways=WAYS,
        csv=url_for("staff_classes.make_ups", words=words, state=state, format="csv"),
    )


def _row(one: MakeUp) -> list[Any]:
    live_class = one.live_class
    day = live_class.starts_at.astimezone(live_class.cohort.zone).date().isoformat()
    who, cohort = one.enrollment.user.name, live_class.cohort.code
    told = [
        str(one.way),
        one.made_on.isoformat(),
        WORDS[one.state],
        one.minutes,
        one.handed_in_at.isoformat(),
        one.reason,
    ]
    return [who, live_class.title, day, cohort, *told]


@staff_classes.route("/make-ups/<public_id>", methods=["GET", "POST"])
@staff(*MARKING)
def make_up(public_id: str) -> Any:
    made, form = make_up_for(current_user, public_id), DecideForm()
    if form.is_submitted() and form.validate():
        try:
            said = _decide(made, request.form.get("act", ""), form.reason.data or "")
            db.session.commit()
            flash(said, "good")
            return redirect(url_for("staff_classes.make_ups"), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
            made = make_up_for(current_user, public_id)
    page = render_template(
        "staff/courseware/make_up.html",
        made=made,
        form=form,
        mark=latest_mark(made.live_class_id, made.enrollment_id),
        earlier=earlier_ones(made),
        tone=TONES[made.state],
        tones=TONES,
        ways=WAYS,
    )
    return page, 422 if form.errors else 200


def _decide(made: MakeUp, act: str, reason: str) -> str:
    who = made.enrollment.user.name
    if act == "accept":
        done = accept(made, actor=current_user, at=now())
        return f"Accepted: {hours(made.minutes)} for {who}." if done else "It was accepted already."
    if act == "return":
        return (
            f"Returned to {who}."
            if give_back(made, reason, actor=current_user, at=now())
            else "It was returned already."
        )
    if act == "take-back":
        done = take_back(made, reason, actor=current_user, at=now())
        return f"Taken back: the minutes of {who} are reversed." if done else "It was taken back already."
    raise Refused("Choose what to do with it.")


@staff_classes.route("/cohorts/<code>/make-up", methods=["GET", "POST"])
@staff("registrar")
def make_up_rule(code: str) -> Any:
    cohort = cohort_by(code)
    rule, form = rule_of(cohort.id), None
    form = RuleForm(obj=rule) if rule else RuleForm(data={"by_recording": True} if request.method == "GET" else None)
    if form.is_submitted() and form.validate():
        try:
            set_rule(cohort, form.wished(), actor=current_user, at=now())
            db.session.commit()
            flash("The rule holds from now on. What was handed in keeps the rule of its day.", "good")
            return redirect(url_for("staff_classes.make_up_rule", code=code), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
            cohort = cohort_by(code)
    page = render_template("staff/courseware/make_up_rule.html", cohort=cohort, rule=rule_of(cohort.id), form=form)
    return page, 422 if form.errors else 200


@staff_classes.route("/classes/<int:class_id>/recording", methods=["GET", "POST"])
@staff(*MARKING)
def recording(class_id: int) -> Any:
    live_class = class_for(current_user, class_id)
    form = RecordingForm(obj=live_class)
    if form.is_submitted() and form.validate():
        try:
            url, is_open = form.recording_url.data or "", bool(form.can_be_made_up.data)
            set_recording(live_class, recording_url=url, can_be_made_up=is_open, actor=current_user, at=now())
            db.session.commit()
            flash("Saved.", "good")
            return redirect(url_for("staff_classes.attendance", class_id=class_id), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
            live_class = class_for(current_user, class_id)
    rule = rule_of(live_class.cohort_id)
    page = render_template("staff/courseware/recording.html", live_class=live_class, rule=rule, form=form)
    return page, 422 if form.errors else 200
