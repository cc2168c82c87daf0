"""A trainee's assessments as they were: kept when hours were sent, with a certificate, or by one's own wish."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from credentials import assessing
from credentials.asking import page_number, page_url
from credentials.doors import hours
from credentials.evaluating import ProfileError
from credentials.forms import KeepForm
from credentials.models import Assessment, Occasion
from credentials.wording import OCCASIONS, PATHS, STATUSES, amount, verdict_words
from foundation.access import signed_in
from foundation.clock import now
from foundation.db import db
from foundation.paging import paginate


@hours.get("/assessments")
@signed_in
def assessments() -> str:
    page = paginate(assessing.kept_by(current_user.id), page_number(), per=25)
    return render_template(
        "credentials/assessments.html",
        page=page,
        url=page_url(),
        rows=[(one, verdict_words(one.verdict, one.apply_on)) for one in page.items],
        occasions=OCCASIONS,
        paths=PATHS,
    )


@hours.post("/assessments")
@signed_in
def keep_assessment() -> Response:
    """Write down what the rules of today say, for what is asked on the page of hours."""
    form = KeepForm()
    asked = {"credential": form.credential.data, "path": form.path.data, "on": form.on.data}
    if not form.validate_on_submit():
        flash("Choose a credential, a path and a day first.", "bad")
        return redirect(url_for("hours.overview"), 303)
    try:
        made = assessing.keep(current_user, now(), occasion=Occasion.ASKED, **asked)
        db.session.commit()
    except ProfileError:
        db.session.rollback()
        flash("No published rules are known for that day. The first are of August 2022.", "bad")
        return redirect(url_for("hours.overview"), 303)
    flash("Kept as it is now, with the rules it was read under.", "good")
    return redirect(url_for("hours.assessment", public_id=made.public_id), 303)


@hours.get("/assessments/<public_id>")
@signed_in
def assessment(public_id: str) -> str:
    found = assessing.kept(public_id, current_user.id)
    return render_template(
        "credentials/assessment.html",
        one=found,
        verdict=verdict_words(found.verdict, found.apply_on),
        occasion=OCCASIONS[found.occasion],
        path=PATHS.get(found.path, found.path),
        rows=_rows(found),
        remarks=assessing.remarked(found),
        taken_back=assessing.taken_back(found),
    )


def _rows(found: Assessment) -> list[dict[str, str]]:
    """The requirements as they were said, in words."""
    return [
        {
            "label": row["label"],
            "required": amount(row["unit"], row["required"]),
            "have": amount(row["unit"], row["have"]),
            "status": STATUSES[row["status"]][0],
            "tone": STATUSES[row["status"]][1],
        }
        for row in found.answer["requirements"]
        if row["required"]
    ]
