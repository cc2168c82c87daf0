"""The same person written down twice: found, looked at side by side, merged, and two again if that was wrong."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from credentials.asking import offer_undo, page_number, page_url
from credentials.coaching_log import comparing, merging
from credentials.coaching_log.forms import MergeForm
from credentials.coaching_log.keeping_clients import client_of, clients_of
from credentials.doors import hours
from credentials.models import Client, ClientMerge
from credentials.wording import CONSENTS
from foundation.access import signed_in
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused
from foundation.paging import Page

PER = 30


@hours.get("/clients/<public_id>/merge")
@signed_in
def find_same_client(public_id: str) -> str | Response:
    """Who else of the log this person may be, the likeliest first."""
    known = client_of(current_user, public_id)
    if known.merged_into_id or known.forgotten_at:
        return redirect(url_for("hours.client", public_id=public_id), 303)
    words = request.args.get("words", "").strip()[:80]
    others = [one for one in clients_of(current_user) if one.id != known.id and not one.forgotten_at]
    found = [one for one in others if _fits(one, words.casefold())]
    ranked, number = comparing.likely(known, found), max(1, min(page_number(), -(-len(found) // PER) or 1))
    shown = ranked[(number - 1) * PER : number * PER]
    return render_template(
        "credentials/merge_find.html",
        client=known,
        page=Page(shown, len(found), number, PER),
        stands=comparing.standing_of(*shown),
        url=page_url(),
        words=words,
        has_others=bool(others),
        consents=CONSENTS,
    )


@hours.route("/clients/<public_id>/merge/<other_id>", methods=["GET", "POST"])
@signed_in
def merge_clients(public_id: str, other_id: str) -> str | Response | tuple[str, int]:
    both = client_of(current_user, public_id), client_of(current_user, other_id)
    stands = comparing.standing_of(*both)
    form = MergeForm(data=_usual(both, stands))
    form.offer(*both)
    if form.validate_on_submit():
        try:
            made = _merge(both, form)
            db.session.commit()
            offer_undo("Merged. They count as one client now.", url_for("hours.undo_merge", public_id=made.public_id))
            return redirect(url_for("hours.client", public_id=made.kept.public_id), 303)
        except Refused as refused:
            db.session.rollback()
            form.refuse(refused)
    page = render_template(
        "credentials/merge.html",
        form=form,
        both=list(zip(both, stands, strict=True)),
        twins=comparing.twins_of(*both),
        differ=(both[0].consent, both[0].consent_on) != (both[1].consent, both[1].consent_on),
        consents=CONSENTS,
    )
    return (page, 422) if form.has_errors else page


@hours.post("/merges/<public_id>/undo")
@signed_in
def undo_merge(public_id: str) -> Response:
    made = merging.merge_of(current_user, public_id)
    back = url_for("hours.client", public_id=made.gone.public_id)
    try:
        merging.undo(made, user=current_user, at=now())
        db.session.commit()
        flash("Undone: they are two clients again, each with their own sessions.", "good")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    return redirect(back, 303)


def _merge(both: tuple[Client, Client], form: MergeForm) -> ClientMerge:
    kept, gone = both if form.keep.data == both[0].public_id else both[::-1]
    consent_of = next(one for one in both if one.public_id == form.consent.data)
    return merging.merge(current_user, kept, gone, consent_of=consent_of, at=now())


def _usual(both: tuple[Client, Client], stands: list[comparing.Standing]) -> dict[str, str]:
    """Who has more sessions is kept, else who was there first; of two words the stricter one is offered."""
    kept = max(zip(both, stands, strict=True), key=lambda pair: (pair[1].sessions, -pair[0].number))[0]
    return {"keep": kept.public_id, "consent": comparing.stricter(*both).public_id}


def _fits(one: Client, words: str) -> bool:
    return any(words in told.casefold() for told in (one.code, one.name, one.contact, one.organisation))
