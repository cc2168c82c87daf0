"""The free guide: asking for it, following its letter, confirming and reading."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from enrollment import guide_book, inquiring
from enrollment.guide_forms import GuideForm, MendForm, checked_address, stamp
from enrollment.guide_status import HELD, standing, trail
from enrollment.typos import likely_domain
from foundation.access import public
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused
from foundation.greeting import new_each_time
from foundation.limits import limiter
from foundation.tokens import sign
from mail import consenting

guide = Blueprint("guide", __name__, url_prefix="/guide")
PLACES = {"page", "footer", "story"}


@guide.app_context_processor
def _for_every_footer() -> dict[str, object]:
    school = current_app.config["SETTINGS"].school_name
    return {"guide_consent": lambda: consenting.wording(consenting.NEWS, school)}


@guide.record
def _the_moment_is_new(setup: BlueprintSetupState) -> None:
    new_each_time(cast(Flask, setup.app), "guide_stamp", stamp)


@guide.route("", methods=["GET", "POST"])
@public
@limiter.limit("30/hour;100/day", methods=["POST"])
def form() -> str | Response | tuple[str, int]:
    asked = GuideForm()
    if not asked.is_submitted():
        return _page(asked)
    if not asked.validate():
        return _page(asked), 422
    if asked.is_stale:
        asked.form_errors.append("This page was open for more than a day. Press the button once more.")
        return _page(asked), 422
    public_id = inquiring.ask(_asking(asked), school=_school(), at=now())
    db.session.commit()
    return _answered(public_id, asked)


@guide.errorhandler(CSRFError)
def visit_ran_out(error: CSRFError) -> tuple[str, int]:
    """The cookie is gone or the page is older than it: nothing was done, and nothing typed is lost."""
    if request.endpoint != "guide.form":
        return render_template("errors/400.html", description=error.description), 400
    asked = GuideForm()
    asked.form_errors.append("Your visit had run out. Press the button once more.")
    return _page(asked), 400


@guide.get("/status/<token>")
@public
def status(token: str) -> str | tuple[str, int]:
    return _status(token, MendForm())


@guide.post("/status/<token>/again")
@public
@limiter.limit("20/hour")
def again(token: str) -> Response | tuple[str, int]:
    try:
        inquiring.send_anew(inquiring.by_status_token(token), at=now())
        db.session.commit()
        flash("Another letter is on its way. Links in earlier letters no longer work.", "good")
    except Refused as refused:
        flash(refused.message, "bad")
    return redirect(url_for("guide.status", token=token), 303)


@guide.post("/status/<token>/mend")
@public
@limiter.limit("20/hour")
def mend(token: str) -> str | Response | tuple[str, int]:
    mended = MendForm()
    try:
        if not mended.validate():
            return _status(token, mended)
        address = checked_address(mended.email.data or "")
        inquiring.mend_address(inquiring.by_status_token(token), address, school=_school(), at=now())
        db.session.commit()
    except Refused as refused:
        mended.refuse(refused)
        return _status(token, mended)
    flash("We use the new address. Links in earlier letters no longer work.", "good")
    return redirect(url_for("guide.status", token=token), 303)


@guide.get("/<token>")
@public
def confirm(token: str) -> str | tuple[str, int]:
    """Shows one button. Mail scanners follow links, so looking changes nothing."""
    try:
        ask = inquiring.by_link(token)
    except Refused as refused:
        return render_template("enrollment/guide_expired.html", refused=refused), 410
    return render_template("enrollment/guide_confirm.html", ask=ask, token=token)


@guide.post("/<token>")
@public
@limiter.limit("30/hour")
def download(token: str) -> Response | tuple[str, int]:
    try:
        inquiring.confirm(inquiring.by_link(token), at=now())
        pdf = guide_book.pdf(current_app.config["SETTINGS"])
        db.session.commit()
    except Refused as refused:
        return render_template("enrollment/guide_expired.html", refused=refused), 410
    headers = {"Content-Disposition": f'attachment; filename="{guide_book.FILENAME}"', "Cache-Control": "no-store"}
    return Response(pdf, mimetype="application/pdf", headers=headers)


def _asking(asked: GuideForm) -> inquiring.Asking:
    return inquiring.Asking(
        name=asked.name.data or "",
        email=asked.email.data or "",
        news=bool(asked.news.data),
        page=_where(asked),
        suspicion=asked.suspicion,
    )


def _answered(public_id: str, asked: GuideForm) -> Response | str:
    address = url_for("guide.status", token=sign("guide-status", public_id))
    if _in_place():
        return render_template(
            "enrollment/_guide_asked.html",
            status=address,
            email=asked.email.data,
            name=asked.name.data,
            held=HELD if asked.suspicion else None,
        )
    return redirect(address, 303)


def _page(asked: GuideForm) -> str:
    if _in_place():
        return render_template("enrollment/_guide_form.html", asked=asked, where=_where(asked))
    book = guide_book.about(current_app.config["SETTINGS"])
    return render_template("enrollment/guide.html", asked=asked, where="page", book=book)


def _status(token: str, mending: MendForm) -> str | tuple[str, int]:
    try:
        ask = inquiring.by_status_token(token)
    except Refused as refused:
        return render_template("enrollment/guide_expired.html", refused=refused), 410
    known = {"ask": ask, "standing": standing(ask), "trail": trail(ask), "token": token}
    if _in_place():
        return render_template("enrollment/_guide_standing.html", **known)
    hint = likely_domain(ask.lead.email)
    if not mending.is_submitted():
        mending.email.data = hint
    page = render_template("enrollment/guide_status.html", mending=mending, hint=hint, **known)
    return (page, 422) if mending.errors else page


def _where(asked: GuideForm) -> str:
    return asked.where.data if asked.where.data in PLACES else "page"


def _in_place() -> bool:
    return request.headers.get("X-In-Place") == "1"


def _school() -> str:
    return str(current_app.config["SETTINGS"].school_name)
