"""Claiming: a trainee says what was learned elsewhere, with the document that proves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.models import CLAIM_MOVES, PARTS, Accreditation, ClaimState, PriorLearning
from credentials.prior_learning.carrying import release
from credentials.prior_learning.keeping import keep
from enrollment.models import Enrollment
from foundation.audit import record
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.filters import shown_date
from foundation.uploads import Document

MOST_MINUTES = 120_000
MOST_WAITING = 20


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed. `live_*` are synchronous minutes, `own_*` asynchronous ones."""

    provider: str
    title: str
    accreditation: Accreditation
    completed: bool
    first_on: date
    last_on: date
    live_core: int
    live_resource: int
    own_core: int
    own_resource: int
    note: str = ""
    enrollment: Enrollment | None = None
    brought: Mapping[str, int] = field(default_factory=dict)

    @property
    def minutes(self) -> int:
        """Of education."""
        return sum(getattr(self, name) for name in PARTS)


def hand_in(user: User, claim: Claim, document: Document, *, at: datetime) -> PriorLearning:
    """Put a claim before staff. Its document can stand behind one claim of a person at a time. Raises Refused."""
    db.session.scalars(select(User.id).where(User.id == user.id).with_for_update(key_share=True)).one()
    _check(user, claim, at)
    _check_document(user, document)
    keep(document)
    values = {name: getattr(claim, name) for name in ("accreditation", "completed", "first_on", "last_on", *PARTS)}
    made = PriorLearning(
        user_id=user.id,
        enrollment_id=claim.enrollment.id if claim.enrollment else None,
        state=ClaimState.HANDED_IN,
        provider=claim.provider.strip(),
        title=claim.title.strip(),
        note=claim.note.strip(),
        document_name=document.name,
        media_type=document.media_type,
        sha256=document.sha256,
        handed_in_at=at,
        brought=dict(claim.brought),
        **values,
    )
    db.session.add(made)
    db.session.flush()
    record("prior_learning.handed_in", subject=made, actor=user, at=at, minutes=made.minutes)
    return made


def withdraw(made: PriorLearning, *, actor: User, at: datetime) -> None:
    """Its trainee takes it back before anybody has decided. Raises Refused afterwards."""
    db.session.refresh(made, with_for_update={"of": PriorLearning, "key_share": True})
    if made.state == ClaimState.WITHDRAWN:
        return
    if not CLAIM_MOVES.allows(made.state, ClaimState.WITHDRAWN):
        raise Refused("This was decided meanwhile. Look at it once more.")
    made.state, made.decided_at = ClaimState.WITHDRAWN, at
    release(made, at)
    record("prior_learning.withdrawn", subject=made, actor=actor, at=at)


def claims_of(user: User) -> Sequence[PriorLearning]:
    """One's own claims, the latest first."""
    query = select(PriorLearning).where(PriorLearning.user_id == user.id).options(joinedload(PriorLearning.decided_by))
    return db.session.scalars(query.order_by(PriorLearning.id.desc()).limit(100)).all()


def claim_of(user: User, public_id: str) -> PriorLearning:
    """One's own claim; anybody else's is not found."""
    mine = (PriorLearning.user_id == user.id, PriorLearning.public_id == public_id)
    found = db.session.scalar(select(PriorLearning).where(*mine))
    if found is None:
        raise NotFound
    return found


def _check(user: User, claim: Claim, at: datetime) -> None:
    if claim.last_on < claim.first_on:
        raise Refused("The last day lies before the first.", field="last_on")
    if claim.last_on > at.astimezone(ZoneInfo(user.time_zone)).date():
        raise Refused("Hand it in once it is over.", field="last_on")
    if claim.minutes < 1 and not claim.brought:
        raise Refused("Say how many hours of at least one kind.", field="live_core")
    if claim.minutes > MOST_MINUTES:
        raise Refused("That is more than 2,000 hours. Hand it in by program.", field="live_core")
    waiting = select(func.count()).where(PriorLearning.user_id == user.id, PriorLearning.state == ClaimState.HANDED_IN)
    if (db.session.scalar(waiting) or 0) >= MOST_WAITING:
        raise Refused(f"{MOST_WAITING} of yours wait already. Let the school decide about them first.")


def _check_document(user: User, document: Document) -> None:
    same = (PriorLearning.user_id == user.id, PriorLearning.sha256 == document.sha256)
    stands = PriorLearning.state.in_((ClaimState.HANDED_IN, ClaimState.APPROVED))
    if known := db.session.scalar(select(PriorLearning).where(*same, stands)):
        on = shown_date(known.handed_in_at)
        raise Refused(f"You handed in this very document on {on}, for “{known.title}”.", field="document")
