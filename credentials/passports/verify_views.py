"""Anybody may check a passport file: valid, changed and where, or by somebody we don't know. Nothing of it is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import render_template

from credentials.doors import verify
from credentials.passports.checking import Checked, check
from credentials.passports.documents import by_kind, programs_in_words
from credentials.passports.forms import FileForm
from credentials.passports.reading import Unreadable
from credentials.passports.since import taken_back_since
from credentials.passports.trusting import known_keys
from foundation.access import public
from foundation.errors import Refused
from foundation.limits import limiter

NAMED_AT_MOST = 50
CHANGED = 422


@verify.route("/passport", methods=["GET", "POST"])
@public
@limiter.limit("30 per minute", methods=["POST"])
def passport() -> Any:
    form = FileForm()
    if not form.validate_on_submit():
        return render_template("credentials/verify_passport.html", form=form), 422 if form.errors else 200
    try:
        looked = check(form.passport.data.read(), known_keys())
    except Unreadable as wrong:
        form.refuse(Refused(str(wrong), field="passport"))
        return render_template("credentials/verify_passport.html", form=form), 422
    page = render_template("credentials/verified_passport.html", **_told(looked), form=FileForm(formdata=None))
    return page, 200 if looked.is_intact else CHANGED


def _told(looked: Checked) -> dict[str, Any]:
    if not looked.is_intact:
        return {"looked": looked, "faults": looked.faults[:NAMED_AT_MOST], "more": len(looked.faults) - NAMED_AT_MOST}
    return {
        "looked": looked,
        "by_kind": by_kind(looked.content),
        "programs": programs_in_words(looked.content),
        "issued_on": datetime.fromisoformat(looked.content["issued_at"]),
        "since": taken_back_since(looked),
    }
