"""The registrar's file of mentors: who they are, what they held on any day, and the documents that show it."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response as AnyResponse

from accounts.identifying import find_by_email
from accounts.models import User
from credentials.asking import page_number, page_url, with_filters
from credentials.doors import staff_mentors
from credentials.mentor_coaching import keeping_mentors, listing_mentors
from credentials.mentor_coaching.holding import held_on, last_day, standing_facts
from credentials.mentor_coaching.listing_mentors import Row, Wanted, given_by, mentor_named
from credentials.mentor_coaching.staff_forms import FACT_KINDS, DayForm, FactForm, NewMentorForm, WithdrawForm
from credentials.mentor_coaching.standing import counts_toward, refusal_on
from credentials.models import FactKind, Level, Mentor, MentorCredential, MentorFact, MentorProof
from foundation.access import staff
from foundation.clock import now, today
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.uploads import Document, checked_document, document_response

HEADS = {"name": "Mentor", "credential": "Credential", "specialization": "Specialization", "ends": "Next end"}


@staff_mentors.get("")
@staff("registrar")
def listing() -> str:
    wanted, day = Wanted.read(request.args), today(current_user.time_zone)
    page = listing_mentors.page_of(listing_mentors.mentors_listed(wanted, day), page_number())
    return render_template(
        "staff/credentials/mentors.html",
        page=page,
        url=page_url(),
        wanted=wanted,
        heads=[_head(name, wanted) for name in HEADS],
        whose=list(listing_mentors.WHOSE.items()),
        standings=list(listing_mentors.STANDINGS.items()),
        counts={row.mentor.id: counts_toward(row.held, day) for row in page.items},
        csv=with_filters("staff_mentors.listing_csv"),
        soon=day + listing_mentors.SOON,
    )


@staff_mentors.get("/mentors.csv")
@staff("registrar")
def listing_csv() -> Response:
    """The list as it is filtered and sorted on the screen, all pages of it."""
    day = today(current_user.time_zone)
    header = ["Mentor", "Brought by", "Credential", "Renewed", "Specialization", "Next end", "Counts toward", "Proven"]
    rows = [_cells(row, day) for row in listing_mentors.mentors_listed(Wanted.read(request.args), day)]
    return csv_response("mentors.csv", header, rows)


@staff_mentors.route("/new", methods=["GET", "POST"])
@staff("registrar")
def new() -> str | AnyResponse:
    form = NewMentorForm()
    if form.validate_on_submit():
        try:
            mentor = keeping_mentors.add_mentor(
                name=form.mentor_name.data or "",
                credential=MentorCredential(form.credential.data),
                credential_since=form.since.data,
                user=_account(form.account.data or ""),
                actor=current_user,
                at=now(),
            )
            db.session.commit()
            flash(f"{mentor.name} is in the file.", "good")
            return redirect(url_for("staff_mentors.one", public_id=mentor.public_id), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    return render_template("staff/credentials/mentor_new.html", form=form)


@staff_mentors.route("/<public_id>", methods=["GET", "POST"])
@staff("registrar")
def one(public_id: str) -> str | AnyResponse:
    mentor, form = mentor_named(public_id), FactForm()
    if form.validate_on_submit():
        try:
            keeping_mentors.note_fact(mentor, _told(form), actor=current_user, at=now())
            db.session.commit()
            flash("Noted. Sessions of that time are judged by it from now on.", "good")
            return redirect(url_for("staff_mentors.one", public_id=public_id), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
            mentor = mentor_named(public_id)
    return _page(mentor, form)


@staff_mentors.post("/<public_id>/facts/<fact_id>/withdraw")
@staff("registrar")
def withdraw(public_id: str, fact_id: str) -> str | AnyResponse:
    mentor, form = mentor_named(public_id), WithdrawForm()
    fact = next((one for one in mentor.facts if one.public_id == fact_id), None)
    if fact is None:
        raise NotFound
    if form.validate_on_submit():
        try:
            keeping_mentors.withdraw_fact(fact, reason=form.reason.data or "", actor=current_user, at=now())
            db.session.commit()
            flash("Withdrawn. The file shows both, and the reason.", "good")
            return redirect(url_for("staff_mentors.one", public_id=public_id), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
            mentor = mentor_named(public_id)
    return _page(mentor, FactForm(formdata=None), withdrawing=fact_id, withdraw_form=form)


@staff_mentors.get("/proofs/<public_id>")
@staff("registrar")
def proof(public_id: str) -> Response:
    query = select(MentorProof).where(MentorProof.public_id == public_id).options(undefer(MentorProof.content))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return document_response(found.name, found.media_type, found.content)


def _page(mentor: Mentor, form: FactForm, withdrawing: str = "", withdraw_form: WithdrawForm | None = None) -> str:
    day, asked = today(current_user.time_zone), DayForm()
    on = asked.on.data if request.args.get("on") and asked.validate() and asked.on.data else day
    asked.on.data = on
    held, standing = held_on(mentor.facts, on), standing_facts(mentor.facts)
    number, minutes, last_on = given_by(mentor)
    return render_template(
        "staff/credentials/mentor.html",
        mentor=mentor,
        form=form,
        asked=asked,
        on=on,
        is_today=on == day,
        held=held,
        toward={name: refusal_on(held, name, on) for name in ("ACC", "PCC", "MCC")},
        facts=[_fact(fact, mentor.facts, standing) for fact in _in_order(mentor.facts)],
        withdrawing=withdrawing,
        withdraw_form=withdraw_form or WithdrawForm(formdata=None),
        given=(number, minutes, last_on),
    )


def _in_order(facts: list[MentorFact]) -> list[MentorFact]:
    """The newest first, by the day they speak of; withdrawals stand with what they withdraw."""
    named = [fact for fact in facts if fact.withdraws_id is None]
    return sorted(named, key=lambda fact: (fact.held_from or date.min, fact.id), reverse=True)


def _fact(fact: MentorFact, facts: list[MentorFact], standing: list[MentorFact]) -> dict[str, Any]:
    family = [
        one for one in standing if (one.kind == FactKind.SPECIALIZATION) == (fact.kind == FactKind.SPECIALIZATION)
    ]
    prefix = "MCS-" if fact.kind == FactKind.SPECIALIZATION else ""
    return {
        "fact": fact,
        "what": FACT_KINDS[fact.kind],
        "level": f"{prefix}{fact.level}",
        "implied_end": None if fact.held_until else last_day(fact, family),
        "withdrawal": next((one for one in facts if one.withdraws_id == fact.id), None),
    }


def _told(form: FactForm) -> keeping_mentors.Told:
    return keeping_mentors.Told(
        kind=FactKind(form.kind.data),
        level=Level(form.level.data),
        held_from=form.held_from.data,
        held_until=form.held_until.data,
        note=form.note.data or "",
        proof=_document(form),
    )


def _document(form: FactForm) -> Document | None:
    given = form.proof.data
    return checked_document(given.filename or "", given.read(), field="proof") if given else None


def _account(email: str) -> User | None:
    if not email:
        return None
    found = find_by_email(email)
    if found is None:
        raise Refused("Nobody has an account with this address.", field="account")
    return found


def _head(name: str, wanted: Wanted) -> dict[str, Any]:
    """A heading that sorts by its column, and the other way round when it does already."""
    way = {name: "ascending", f"-{name}": "descending"}.get(wanted.sort)
    asked: dict[str, Any] = {key: value for key, value in request.args.to_dict().items() if key != "page"}
    href = url_for("staff_mentors.listing", **asked | {"sort": f"-{name}" if wanted.sort == name else name})
    return {"label": HEADS[name], "href": href, "sorted": way}


def _cells(row: Row, day: date) -> list[str]:
    return [
        row.mentor.name,
        row.mentor.owner.name if row.mentor.owner else "",
        row.credential,
        "yes" if row.held.renewed else "no",
        row.specializations,
        row.runs_out.isoformat() if row.runs_out else "",
        ", ".join(counts_toward(row.held, day)),
        "yes" if row.is_proven else "no",
    ]
