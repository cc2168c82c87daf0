"""A graduate's own profile in the coaches' directory: hers to write, to show and to hide."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from community.forms import CoachProfileForm
from community.models import CoachProfile
from community.publishing import keep_profile
from community.queries import own_profile
from foundation.access import signed_in
from foundation.clock import now
from foundation.db import db

coach_profile = Blueprint("coach_profile", __name__)


@coach_profile.route("/account/coach-profile", methods=["GET", "POST"])
@signed_in
def own() -> str | tuple[str, int] | Response:
    if not current_user.has_role("graduate"):
        abort(403, "The directory lists graduates. Your profile opens with your certificate.")
    profile = own_profile(current_user.id)
    form = CoachProfileForm(data=_told(profile))
    if form.validate_on_submit():
        is_public = bool(form.is_public.data)
        keep_profile(current_user, is_public=is_public, at=now(), **form.text())
        db.session.commit()
        flash("Saved, and shown in the directory." if is_public else "Saved. Nobody but you sees it.", "good")
        return redirect(url_for("coach_profile.own"), 303)
    page = render_template("community/own_profile.html", form=form, profile=profile)
    return (page, 422) if form.errors else page


def _told(profile: CoachProfile | None) -> dict[str, object]:
    if profile is None:
        return {"languages": "English", "is_public": True}
    kept = {name: getattr(profile, name) for name in ("headline", "bio_md", "location", "is_accepting", "is_public")}
    return kept | {"specialties": ", ".join(profile.specialties), "languages": ", ".join(profile.languages)}
