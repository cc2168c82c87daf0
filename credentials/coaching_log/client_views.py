"""The trainee's clients: who they are is shown here, to the trainee, and nowhere else."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from credentials.asking import page_number, page_url
from credentials.coaching_log.comparing import look_alikes
from credentials.coaching_log.forms import ClientForm
from credentials.coaching_log.keeping_clients import change_client, client_of, clients_of, forget_client
from credentials.coaching_log.merging import merges_of
from credentials.doors import hours
from credentials.models import Client, Consent, Relation
from credentials.wording import CONSENTS, RELATIONS
from foundation.access import signed_in
from foundation.clock import now
from foundation.db import db
from foundation.paging import Page

PER = 50
UNDATED = "undated"


@hours.get("/clients")
@signed_in
def clients() -> str:
    """Names are sealed, so they are looked through here and not by the database."""
    every, wanted = clients_of(current_user), request.args.get("consent", "")
    words = request.args.get("words", "").strip()[:80]
    found = [one for one in every if _fits(one, words.casefold(), wanted)]
    number = max(1, min(page_number(), -(-len(found) // PER) or 1))
    return render_template(
        "credentials/clients.html",
        page=Page(found[(number - 1) * PER : number * PER], len(found), number, PER),
        url=page_url(),
        number=len(every),
        alike=look_alikes(every),
        words=words,
        consent=wanted,
        choices=[("", "Any"), *((str(one), said) for one, said in CONSENTS.items()), (UNDATED, "No day noted")],
        consents=CONSENTS,
        relations=RELATIONS,
    )


def _fits(one: Client, words: str, consent: str) -> bool:
    if consent == UNDATED:
        agrees = one.consent == Consent.GIVEN and one.consent_on is None and not one.forgotten_at
    else:
        agrees = consent not in set(Consent) or one.consent == consent
    told = (one.code, one.name, one.contact, one.organisation) if words else ()
    return agrees and (not words or any(words in text.casefold() for text in told))


@hours.route("/clients/<public_id>", methods=["GET", "POST"])
@signed_in
def client(public_id: str) -> str | Response:
    known = client_of(current_user, public_id)
    form = ClientForm(data=_of(known))
    if not known.forgotten_at and not known.merged_into_id and form.validate_on_submit():
        change_client(
            known,
            name=form.client_name.data or "",
            contact=form.client_contact.data or "",
            organisation=form.client_organisation.data or "",
            relation=Relation(form.relation.data),
            consent=Consent(form.consent.data),
            consent_on=form.consent_on.data,
            actor=current_user,
            at=now(),
        )
        db.session.commit()
        flash("Saved.", "good")
        return redirect(url_for("hours.clients"), 303)
    told = {"merges": merges_of(known), "consents": CONSENTS}
    return render_template("credentials/client.html", form=form, client=known, **told)


@hours.post("/clients/<public_id>/forget")
@signed_in
def forget(public_id: str) -> Response:
    forget_client(client_of(current_user, public_id), actor=current_user, at=now())
    db.session.commit()
    flash("Forgotten: name, contact and notes are erased. The minutes stay, under the code.", "good")
    return redirect(url_for("hours.clients"), 303)


def _of(known: Client) -> dict[str, object]:
    return {
        "client_name": known.name,
        "client_contact": known.contact,
        "client_organisation": known.organisation,
        "relation": str(known.relation),
        "consent": str(known.consent),
        "consent_on": known.consent_on,
    }
