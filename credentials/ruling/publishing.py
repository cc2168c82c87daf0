"""Publishing a version of the rules, and taking one back. Both are rows that stay; nothing is edited."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, text

from accounts.models import User
from credentials.models import DRAFT_MOVES, DraftState, RuleDraft, RuleVersion, RuleWithdrawal
from credentials.rules import Document, RulesError
from credentials.ruling import comparing, living
from credentials.ruling.drafting import NAME, document_json, proposed
from foundation.audit import record
from foundation.db import db
from foundation.errors import NotFound, Refused

LOCK = 7_014_001


def publish(draft: RuleDraft, actor: User, at: datetime, *, why: str, seen: str | None = None) -> RuleVersion:
    """The draft is in force for every page from the commit on.

    `seen` is the digest of the book that the page of differences spoke of. Raises Refused without a reason, where the
    draft changes nothing or no longer fits what was published meanwhile, and where another difference was read.
    """
    if not why.strip():
        raise Refused("Say why these rules are published: what was read, and where.", field="why")
    _one_at_a_time()
    DRAFT_MOVES.check(draft.state, DraftState.PUBLISHED)
    document = document_json(draft.text)
    try:
        after = proposed(document)
    except RulesError as wrong:
        raise Refused(f"This draft no longer fits the rules in force. {wrong}") from wrong
    if seen is not None and seen != after.digest:
        raise Refused(
            "The rules in force or this draft have changed since this page was shown. Read the difference again."
        )
    told = comparing.differences(living.live_book(), after)
    if not told:
        raise Refused("These rules say nothing else than those in force.")
    version = RuleVersion(
        number=(db.session.scalar(select(func.max(RuleVersion.number))) or 0) + 1,
        about=draft.about,
        text=draft.text,
        digest=Document.of(NAME, document).digest,
        why=why.strip(),
        differences=[one.as_json() for one in told],
        published_by_id=actor.id,
        published_at=at,
    )
    db.session.add(version)
    draft.state = DraftState.PUBLISHED
    db.session.flush()
    living.forget()
    record("rules.published", subject=version, actor=actor, at=at, number=version.number, digest=version.digest)
    return version


def withdraw(version: RuleVersion, actor: User, at: datetime, *, reason: str) -> None:
    """Take a version back, for a reason; done twice it is done once. Raises Refused where another stands on it."""
    if not reason.strip():
        raise Refused("Say why this version is taken back.", field="reason")
    _one_at_a_time()
    db.session.refresh(version)
    if version.withdrawal is not None:
        return
    known = {number for number, _ in living.live().misfits}
    rest = living.fitting(living.live_documents(without=version.number))
    if broken := [words for number, words in rest.misfits if number not in known]:
        raise Refused(f"Another version stands on this one; take that one back first. {broken[0]}", field="reason")
    version.withdrawal = RuleWithdrawal(at=at, actor_id=actor.id, reason=reason.strip())
    db.session.flush()
    living.forget()
    record("rules.withdrawn", subject=version, actor=actor, at=at, number=version.number)


def version_numbered(number: int) -> RuleVersion:
    """Raises NotFound."""
    found = db.session.scalars(select(RuleVersion).where(RuleVersion.number == number)).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def _one_at_a_time() -> None:
    """Held until the transaction ends: of two who publish at once, the second sees what the first did."""
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    living.forget()
