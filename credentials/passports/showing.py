"""A paper with a number as its public page shows it: what it says, and nothing more about the person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from credentials.models import Paper
from credentials.passports.documents import by_kind
from foundation.db import db
from foundation.filters import shown_date

KINDS = {"passport": "Passport", "transcript": "Transcript"}


def paper_by(number: str) -> Paper | None:
    return db.session.scalar(select(Paper).where(Paper.number == number))


def in_words(paper: Paper) -> dict[str, Any]:
    """Name, day and hours by kind, as the public page shows them."""
    facts = paper.facts
    return {
        "kind": KINDS[paper.kind],
        "pairs": [
            ("Number", paper.number),
            ("Name", facts["holder"]["name"]),
            ("Issued by", facts["issuer"]["name"]),
            ("As of", shown_date(datetime.fromisoformat(facts["issued_at"]))),
            ("Lines", str(len(facts["lines"]))),
        ],
        "by_kind": by_kind(facts),
    }


def as_json(paper: Paper) -> dict[str, Any]:
    facts = paper.facts
    told = {"number": paper.number, "status": "valid", "kind": str(paper.kind), "name": facts["holder"]["name"]}
    return told | {"school": facts["issuer"]["name"], "issued_at": facts["issued_at"], "minutes": facts["minutes"]}
