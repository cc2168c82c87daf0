"""Issuing a transcript: numbered, its facts frozen, by its person or by staff; it waits while tuition is owed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import current_app
from sqlalchemy import Select, select
from sqlalchemy.orm import defer

from accounts.models import User
from credentials.certificates.holding import tuition_holds_of
from credentials.certificates.numbering import new_number
from credentials.models import Paper, PaperKind
from credentials.passports.issuing import check_number, is_same
from credentials.transcripts.gathering import contents
from foundation.audit import record
from foundation.db import db
from foundation.errors import NotFound, Refused


def issue(user: User, actor: User, at: datetime) -> Paper:
    """A transcript of today. Asked again while nothing has changed, the last one is the answer.

    Raises Refused where nothing is checked yet, tuition is owed, or too many were made in a day.
    """
    db.session.scalars(select(User.id).where(User.id == user.id).with_for_update(key_share=True)).one()
    if holds := tuition_holds_of(user.id):
        raise Refused(f"What the school signs is held back: {holds[0].reason}")
    facts = contents(user, new_number(current_app.config["SETTINGS"].school_name, at.year), at)
    if not facts["lines"]:
        raise Refused("No hour has been checked yet, so a transcript would be blank.")
    last = _transcripts(user).limit(1)
    if (known := db.session.scalar(last)) and is_same(known.facts, facts):
        return known
    check_number(user, at)
    made = Paper(
        number=facts["number"],
        kind=PaperKind.TRANSCRIPT,
        user_id=user.id,
        facts=facts,
        issued_at=at,
        issued_by_id=actor.id,
    )
    db.session.add(made)
    db.session.flush()
    record("transcript.issued", subject=made, actor=actor, at=at, number=made.number, lines=len(facts["lines"]))
    return made


def transcripts_of(user: User) -> Sequence[Paper]:
    """A person's transcripts, the newest first, without what stands in them."""
    return db.session.scalars(_transcripts(user).options(defer(Paper.facts), defer(Paper.proof)).limit(20)).all()


def transcript_of(user: User, number: str) -> Paper:
    """That person's transcript; anybody else's is not found."""
    found = db.session.scalar(_transcripts(user).where(Paper.number == number))
    if found is None:
        raise NotFound
    return found


def _transcripts(user: User) -> Select[Paper]:
    mine = (Paper.user_id == user.id, Paper.kind == PaperKind.TRANSCRIPT)
    return select(Paper).where(*mine).order_by(Paper.id.desc())
