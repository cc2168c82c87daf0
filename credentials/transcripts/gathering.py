"""Gathering what a transcript says: checked hours line by line with their evidence, and apart what still waits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app

from accounts.models import User
from credentials.badges.identity import address, school_did
from credentials.models import Kind, LedgerEntry, LedgerReview
from credentials.passports.gathering import minutes_by_kind, programs_of, standing_lines
from credentials.passports.sealing import Json, digest
from credentials.queueing import evidence_words
from credentials.summing import CHECKED, WAITING, totals_of


def contents(user: User, number: str, at: datetime) -> Json:
    """A transcript of a person as of a moment, in figures and codes. Lines that were returned or taken back are out."""
    lines, totals = standing_lines(user), totals_of(user.id)
    core = totals.core_minutes(Kind.EDUCATION, CHECKED)
    live = totals.minutes(Kind.EDUCATION, CHECKED, synchronous=True)
    total = totals.minutes(Kind.EDUCATION, CHECKED)
    split = {"core": core, "resource": total - core, "synchronous": live, "asynchronous": total - live}
    return {
        "number": number,
        "issued_at": at.replace(microsecond=0).isoformat(),
        "holder": {"name": user.name},
        "issuer": {"id": school_did(), "name": current_app.config["SETTINGS"].school_name, "url": address("/")},
        "programs": programs_of(user),
        "minutes": minutes_by_kind(totals),
        "education": split,
        "lines": [_checked(entry, review) for entry, review in lines if review.state in CHECKED],
        "waiting": [_line(entry) for entry, review in lines if review.state in WAITING],
    }


def _line(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "id": entry.public_id,
        "day": entry.on.isoformat(),
        "kind": str(entry.kind),
        "title": entry.title,
        "minutes": entry.minutes,
    }


def _checked(entry: LedgerEntry, review: LedgerReview) -> dict[str, Any]:
    told = evidence_words(entry)
    words = told[:3] if entry.kind == Kind.EDUCATION else told  # what staff noted beside it is for the school
    return _line(entry) | {
        "checked_on": review.decided_at.date().isoformat() if review.decided_at else None,
        "evidence": ", ".join(words),
        "sha256": digest({"line": entry.public_id, "evidence": entry.evidence}),
    }
