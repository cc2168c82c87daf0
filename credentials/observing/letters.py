"""Letters about forms. They name the form and its day, never what stands in it."""

from __future__ import annotations

from datetime import datetime

from credentials.models import CoachingForm, FormKind
from foundation.filters import shown_date
from mail.promising import owe_letter

TITLES = {
    FormKind.OBSERVATION: "Session Observation Form",
    FormKind.REVIEW: "Competency Review Form",
}


def promise_to_sign(form: CoachingForm, *, at: datetime) -> None:
    """Ask the trainee to read and sign what the author has signed; once a version."""
    owe_letter(
        "form.to_sign",
        to=form.user.email,
        facts={
            "name": form.user.first_name,
            "author": form.author.name,
            "title": TITLES[form.kind],
            "day": shown_date(form.about_on),
            "form": form.public_id,
        },
        dedupe=f"form.to_sign:{form.public_id}:{form.number}",
        at=at,
        user_id=form.user_id,
    )


def promise_given_back(form: CoachingForm, *, at: datetime) -> None:
    """Tell the author that the trainee did not sign; the word is read on the page."""
    owe_letter(
        "form.given_back",
        to=form.author.email,
        facts={
            "name": form.author.first_name,
            "trainee": form.user.name,
            "title": TITLES[form.kind],
            "day": shown_date(form.about_on),
            "form": form.public_id,
        },
        dedupe=f"form.given_back:{form.public_id}:{form.number}",
        at=at,
        user_id=form.author_id,
    )
