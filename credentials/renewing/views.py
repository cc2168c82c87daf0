"""The page of a renewal: the clock, the sums against what is wanted, and everything that fills the wallet."""

from __future__ import annotations

from datetime import date

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from accounts.models import User
from credentials.asking import with_filters
from credentials.doors import hours
from credentials.evaluating import ProfileError
from credentials.models import HeldCredential
from credentials.renewing import reminding
from credentials.renewing.counting import Wallet, wallet_of
from credentials.renewing.forms import DayForm, QuietForm
from credentials.renewing.holding import credentials_of, current
from credentials.renewing.listing import HEADER, rows_of
from credentials.renewing.packing import renewal_pack
from credentials.renewing.timing import Clock, ahead, clock_of, days_words, first_day_to_submit
from credentials.rules import NoRuleSet
from credentials.standing import Assessed
from credentials.wording import verdict_words
from foundation.access import public, signed_in
from foundation.clock import now, today
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.tokens import read


@hours.get("/renewal")
@signed_in
def renewal() -> str:
    held, day = credentials_of(current_user), today(current_user.time_zone)
    one = _asked(held, day)
    if one is None:
        return render_template("credentials/renewal_none.html")
    wallet = wallet_of(current_user.id, held)
    form, clock, fault = _submission(wallet, one, day)
    standing = Assessed(wallet, str(one.level), "renewal", form.on.data or day)
    return render_template(
        "credentials/renewal.html",
        one=one,
        held=held,
        form=form,
        fault=fault,
        clock=clock,
        left=days_words(clock.days_left),
        standing=standing,
        verdict=verdict_words(standing.assessment["verdict"], standing.on),
        ahead=ahead(clock),
        rows=rows_of(wallet, clock),
        csv=with_filters("hours.renewal_csv"),
        is_quiet=reminding.is_quiet(current_user),
        quiet=QuietForm(),
    )


def _asked(held: list[HeldCredential], day: date) -> HeldCredential | None:
    """The credential that the address names, else the one that is to be renewed."""
    level = request.args.get("credential", "")
    return next((one for one in held if one.level == level), None) or current(held, day)


def _submission(wallet: Wallet, one: HeldCredential, day: date) -> tuple[DayForm, Clock, str]:
    """The day that was asked for, or the first that ICF takes; where no rules are known for it, that one and why."""
    first = clock_of(wallet.profile(str(one.level), "renewal", max(day, one.granted_on)), day)
    assert first is not None
    usual = first_day_to_submit(first)
    form = DayForm(data={"credential": str(one.level), "on": usual})
    for name, value in (("credential", str(one.level)), ("on", usual)):
        if name not in request.args:
            form[name].data, form[name].raw_data = value, [str(value)]
    if form.validate() and form.on.data != usual:
        try:
            asked = clock_of(wallet.profile(str(one.level), "renewal", form.on.data or usual), day)
            if asked is not None:
                return form, asked, ""
            form.refuse(Refused(f"You did not hold the {one.level} on that day.", field="on"))
        except (NoRuleSet, ProfileError):
            form.refuse(Refused("No published rules are known for that day.", field="on"))
    elif not form.errors:
        return form, first, ""
    form.on.data = usual
    return form, first, "Shown for the first day that ICF takes it instead."


@hours.get("/renewal.csv")
@signed_in
def renewal_csv() -> Response:
    wallet, clock = _read(current_user)
    return csv_response("renewal.csv", HEADER, [row.cells for row in rows_of(wallet, clock)])


@hours.get("/renewal.zip")
@signed_in
def renewal_zip() -> Response:
    """All that ICF may ask for in an audit of the renewal: the list, and each document as it was handed in."""
    wallet, clock = _read(current_user)
    headers = {"Content-Disposition": 'attachment; filename="renewal.zip"', "Cache-Control": "no-store"}
    return Response(renewal_pack(wallet, clock), content_type="application/zip", headers=headers)


def _read(user: User) -> tuple[Wallet, Clock | None]:
    held, day = credentials_of(user), today(user.time_zone)
    one, wallet = _asked(held, day), wallet_of(user.id, held)
    if one is None:
        raise NotFound
    return wallet, clock_of(wallet.profile(str(one.level), "renewal", max(day, one.granted_on)), day)


@hours.post("/renewal/reminders")
@signed_in
def reminders() -> AnyResponse:
    if reminding.is_quiet(current_user):
        reminding.wake(current_user, at=now())
        flash("You will be reminded again.", "good")
    else:
        reminding.hush(current_user, at=now())
        flash("No more letters about your renewal.", "good")
    db.session.commit()
    return redirect(url_for("hours.renewal"), 303)


@hours.route("/renewal/quiet/<token>", methods=["GET", "POST"])
@public
def quiet(token: str) -> str | tuple[str, int] | AnyResponse:
    """The way out that stands in each letter: it needs no sign-in, and a program that only looks changes nothing."""
    try:
        user = db.session.get(User, int(read(reminding.QUIET, token)))
    except Refused as refused:
        return render_template("credentials/renewal_quiet.html", refused=refused, done=False, token=token), 404
    form = QuietForm()
    if user is not None and form.validate_on_submit():
        reminding.hush(user, at=now())
        db.session.commit()
        return render_template("credentials/renewal_quiet.html", refused=None, done=True, token=token)
    return render_template("credentials/renewal_quiet.html", refused=None, done=False, token=token, form=form)
