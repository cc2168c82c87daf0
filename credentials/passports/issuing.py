"""Issuing a passport: sealed with the key that signs the badges, kept under its number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import defer

from accounts.models import User
from credentials.badges.keeping_keys import key_in_use
from credentials.badges.minting import SchoolSigner
from credentials.certificates.holding import tuition_holds_of
from credentials.certificates.numbering import new_number
from credentials.models import Paper, PaperKind
from credentials.passports.gathering import contents
from credentials.passports.sealing import HEAD, LISTS, Json, sealed
from foundation.audit import record
from foundation.db import db
from foundation.errors import NotFound, Refused

MOST_A_DAY = 10
MOVING = ("number", "issued_at")


def issue(user: User, at: datetime) -> Paper:
    """A passport of all that stands in the ledger. Asked again while nothing has changed, the last one is the answer.

    Raises Refused where the ledger is blank, tuition is owed, or too many were made in a day.
    """
    db.session.scalars(select(User.id).where(User.id == user.id).with_for_update(key_share=True)).one()
    if holds := tuition_holds_of(user.id):
        raise Refused(f"What the school signs is held back: {holds[0].reason}")
    content = contents(user, new_number(current_app.config["SETTINGS"].school_name, at.year), at)
    if not content["lines"]:
        raise Refused("There is no hour in your ledger yet, so there is nothing to carry.")
    last = passports_of(user, limit=1, whole=True)
    if last and is_same(last[0].facts, content):
        return last[0]
    check_number(user, at)
    made = Paper(
        number=content["number"],
        kind=PaperKind.PASSPORT,
        user_id=user.id,
        facts=content,
        proof=sealed(content, SchoolSigner(key_in_use(at)).sign_payload),
        issued_at=at,
        issued_by_id=user.id,
    )
    db.session.add(made)
    db.session.flush()
    record("passport.issued", subject=made, actor=user, at=at, number=made.number, lines=len(content["lines"]))
    return made


def passports_of(user: User, *, limit: int = 20, whole: bool = False) -> Sequence[Paper]:
    """One's own passports, the newest first; `whole` loads what stands in them as well."""
    query = select(Paper).where(Paper.user_id == user.id, Paper.kind == PaperKind.PASSPORT)
    query = query if whole else query.options(defer(Paper.facts), defer(Paper.proof))
    return db.session.scalars(query.order_by(Paper.id.desc()).limit(limit)).all()


def passport_of(user: User, number: str) -> Paper:
    """One's own passport; anybody else's is not found."""
    mine = (Paper.user_id == user.id, Paper.kind == PaperKind.PASSPORT, Paper.number == number)
    found = db.session.scalar(select(Paper).where(*mine))
    if found is None:
        raise NotFound
    return found


def as_file(paper: Paper) -> Json:
    """The passport as it is given out: the head first, the lines, then the proof."""
    return {name: paper.facts[name] for name in (*HEAD, *LISTS) if name in paper.facts} | {"proof": paper.proof}


def is_same(facts: dict[str, Any], content: Json) -> bool:
    """Whether two papers say the same but for their number and moment."""
    return {k: v for k, v in facts.items() if k not in MOVING} == {k: v for k, v in content.items() if k not in MOVING}


def check_number(user: User, at: datetime) -> None:
    """Raises Refused where a person has been given many papers within a day."""
    since = (Paper.user_id == user.id, Paper.issued_at > at - timedelta(days=1))
    if (db.session.scalar(select(func.count(Paper.id)).where(*since)) or 0) >= MOST_A_DAY:
        raise Refused(f"{MOST_A_DAY} papers in a day are enough. The last one holds nearly the same.")
