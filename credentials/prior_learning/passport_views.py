"""A trainee brings the passport of another school: it is checked, looked through line by line, and handed in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from credentials.coaching_log.keeping_clients import every_client_of
from credentials.doors import hours
from credentials.models import BROUGHT, PARTS, Payment
from credentials.passports import transferring
from credentials.passports.besides import told_beside
from credentials.passports.companions import strangers_in
from credentials.passports.forms import FileForm, TransferForm
from credentials.passports.sealing import Json
from credentials.passports.shaping import PEER_RECEIVED
from credentials.prior_learning.forms import LABELS
from credentials.prior_learning.keeping import content_of, keep
from credentials.prior_learning.queries import places_of
from credentials.prior_learning.showing import told_of
from credentials.wording import KINDS
from foundation.access import signed_in
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.limits import limiter
from foundation.tokens import read, sign
from foundation.uploads import Document

PURPOSE, A_DAY, SHOWN = "passport.transfer", 86_400, 200


@hours.route("/prior-learning/passport", methods=["GET", "POST"])
@signed_in
@limiter.limit("30/hour", methods=["POST"])
def bring_passport() -> Any:
    form = FileForm()
    if form.validate_on_submit():
        try:
            data = form.passport.data.read()
            transferring.look(current_user, data)
            document = Document("passport.json", transferring.JSON, data)
            keep(document)
            token = sign(PURPOSE, [current_user.id, document.sha256])
            return redirect(url_for("hours.passport_lines", token=token), 303)
        except Refused as refused:
            form.refuse(refused)
    return render_template("credentials/bring_passport.html", form=form), 422 if form.errors else 200


@hours.route("/prior-learning/passport/<token>", methods=["GET", "POST"])
@signed_in
def passport_lines(token: str) -> Any:
    data, places = content_of(_sha256(token)), places_of(current_user.id)
    try:
        looked = transferring.look(current_user, data)
        form = _form(looked)
        form.offer(places)
        if form.validate_on_submit():
            place = next((one for one in places if one.public_id == form.enrollment.data), None)
            told: dict[str, Any] = {"enrollment": place, "known": form.known(), "at": now()}
            made = transferring.transfer(current_user, data, **told)
            db.session.commit()
            flash("Handed in. The school looks at it, and you get a letter.", "good")
            return redirect(url_for("hours.prior_claim", public_id=made.public_id), 303)
    except Refused as refused:
        db.session.rollback()
        return _refused(refused)
    return render_template("credentials/passport_lines.html", form=form, token=token, **_told(looked))


def _form(looked: transferring.Looked) -> TransferForm:
    """Of one's own clients those are offered who are not known by a code of another school yet."""
    clients = every_client_of(current_user)
    free = [one for one in clients if not one.origin and not one.forgotten_at and not one.merged_into_id]
    return TransferForm.with_clients(strangers_in(looked.taken, looked.checked.content, clients), free)


def _refused(refused: Refused) -> tuple[str, int]:
    form = FileForm(formdata=None)
    form.refuse(refused)
    return render_template("credentials/bring_passport.html", form=form), 422


def _sha256(token: str) -> str:
    """The file that this very person brought. Raises NotFound for anybody else's, or where it was too long ago."""
    try:
        owner, sha256 = read(PURPOSE, token, max_age=A_DAY)
    except Refused:
        raise NotFound from None
    if owner != current_user.id:
        raise NotFound
    return str(sha256)


def _told(looked: transferring.Looked) -> dict[str, Any]:
    parts = looked.parts
    return {
        "looked": looked,
        "content": looked.checked.content,
        "parts": [(LABELS[name], parts[name]) for name in PARTS if parts[name]]
        + [(KINDS[kind], looked.brought[kind]) for kind in BROUGHT if kind in looked.brought],
        "taken": [(_day(line), line, told_of(line)) for line in looked.taken[:SHOWN]],
        "has_peers": any((line.get("details") or {}).get("payment") == Payment.PEER_EXCHANGE for line in looked.taken),
        "beside": [told_beside(one) for one in looked.beside[:SHOWN]],
        "beside_left": [(*told_beside(one), why) for one, why in looked.beside_left[:SHOWN]],
        "has_received": any(one["kind"] == PEER_RECEIVED for one in looked.beside),
        "left": [(_day(line), line, why) for line, why in looked.left[:SHOWN]],
        "as_of": datetime.fromisoformat(looked.checked.content["issued_at"]),
        "kinds": {str(kind): words for kind, words in KINDS.items()},
        "names_differ": looked.checked.content["holder"]["name"].casefold() != current_user.name.casefold(),
    }


def _day(line: Json) -> date:
    return date.fromisoformat(line["day"])
