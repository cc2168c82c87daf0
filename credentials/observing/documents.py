"""A form as PDF: what stands in it, and who signed it when."""

from __future__ import annotations

from typing import Any

from flask import current_app

from credentials.competencies import COMPETENCIES
from credentials.models import CoachingForm, FormKind, FormSignature, SignerRole
from credentials.observing import queries
from credentials.observing.contents import JUDGEMENTS, Evidence, Observation, Review
from credentials.observing.drafting import observation_in, review_in, version_of
from foundation.documents import typeset
from foundation.filters import shown_date, shown_datetime

ROLES = {SignerRole.AUTHOR: "Mentor coach", SignerRole.TRAINEE: "Coach"}


def form_pdf(form: CoachingForm) -> bytes:
    """The PDF of the version that stands; unsigned it says so on every page."""
    version = version_of(form)
    if form.kind == FormKind.OBSERVATION:
        return typeset("observation", _head(form) | _observation(observation_in(version)))
    return typeset("competency_review", _head(form) | _review(review_in(version)))


def file_name(form: CoachingForm) -> str:
    """Names no person: files get lost."""
    return f"{str(form.kind).replace('_', '-')}-{form.about_on.isoformat()}-{form.level}.pdf"


def _head(form: CoachingForm) -> dict[str, Any]:
    return {
        "title": queries.title_of(form),
        "school": current_app.config["SETTINGS"].school_name,
        "coach": form.user.name,
        "author": form.author.name,
        "level": str(form.level),
        "on": shown_date(form.about_on),
        "framework": "ICF Core Competencies, 2025",
        "version": form.number,
        "is_signed": form.signed_at is not None,
        "signatures": [_signature(one) for one in queries.signatures_of(form)],
    }


def _signature(one: FormSignature) -> dict[str, str]:
    return {
        "role": ROLES[one.role],
        "name": one.signer_name,
        "at": shown_datetime(one.signed_at, "UTC"),
        "sha256": one.sha256,
    }


def _observation(content: Observation) -> dict[str, Any]:
    parts = [
        {
            "name": f"{one.number}. {one.name}",
            "domain": one.domain,
            "rows": [_row(row) for row in content.about(one.number)],
            "note": content.notes.get(one.number, ""),
        }
        for one in COMPETENCIES
    ]
    return {"parts": parts, "overall": content.overall}


def _review(content: Review) -> dict[str, Any]:
    observed = queries.observed_in(content.observations)
    parts = [
        {
            "name": f"{one.number}. {one.name}",
            "domain": one.domain,
            "judgement": JUDGEMENTS.get(content.judgements.get(one.number, ""), "Not judged yet"),
            "comment": content.comments.get(one.number, ""),
            "rows": [
                [shown_date(seen.form.about_on, "medium"), *_row(row)]
                for seen in observed
                for row in seen.about(one.number)
            ],
        }
        for one in COMPETENCIES
    ]
    rests_on = [shown_date(seen.form.about_on) for seen in observed]
    return {"parts": parts, "overall": content.overall, "rests_on": rests_on}


def _row(row: Evidence) -> list[str]:
    return [row.moment, row.quote, row.behaviour]


def _dated(seen: queries.Observed, row: Evidence) -> list[str]:
    return [shown_date(seen.form.about_on, "medium"), *_row(row)]
