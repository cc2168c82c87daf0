"""Reviewing: a trainee sends lines to be checked, staff approve them or return them with what to change."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.assessing import keep_for
from credentials.letters import promise_returned
from credentials.models import REVIEW_MOVES, LedgerEntry, LedgerReview, Occasion, ReviewDecision, ReviewState
from credentials.profiling import is_reversed
from credentials.second_looking import close_looks
from foundation.audit import record
from foundation.db import db
from foundation.errors import NotFound, Refused

UNDO_WITHIN = timedelta(seconds=20)


def submit(user: User, entry_public_ids: Iterable[str], at: datetime) -> int:
    """Send one's own lines to be checked; those sent already are left as they are. How many went."""
    wanted = set(entry_public_ids)
    reviews = _locked(wanted, LedgerReview.user_id == user.id)
    if len(reviews) != len(wanted):
        raise NotFound
    if not reviews:
        raise Refused("Tick at least one line to send.", field="entries")
    batch = secrets.token_hex(8)
    going = [r for r in reviews if r.state in {ReviewState.LOGGED, ReviewState.RETURNED}]
    for review in going:
        _move(review, ReviewState.SENT, actor=user, at=at, batch=batch)
        review.sent_at, review.reason = at, ""
    if going:
        keep_for(user, at, Occasion.SUBMISSION)
    return len(going)


def unsent_of(user: User) -> int:
    """How many lines of one's own were logged and not sent."""
    logged = (LedgerReview.user_id == user.id, LedgerReview.state == ReviewState.LOGGED)
    query = select(func.count(LedgerReview.entry_id)).where(*logged, ~is_reversed(LedgerReview.entry_id))
    return db.session.scalar(query) or 0


def submit_all(user: User, at: datetime) -> int:
    """Send every line of one's own that waits to be sent: an import is more than one ticks. How many went."""
    query = select(LedgerEntry.public_id).join(LedgerReview, LedgerReview.entry_id == LedgerEntry.id)
    logged = (LedgerReview.user_id == user.id, LedgerReview.state == ReviewState.LOGGED)
    return submit(user, db.session.scalars(query.where(*logged, ~is_reversed(LedgerEntry.id))).all(), at)


def approve(entry_public_ids: Iterable[str], actor: User, at: datetime) -> str:
    """Approve what waits, in one batch; the batch's name lets it be undone. Approved twice is approved once."""
    return _decide(entry_public_ids, ReviewState.CHECKED, actor, at, reason="")


def send_back(entry_public_ids: Iterable[str], actor: User, at: datetime, *, reason: str) -> str:
    """Return lines with what to change; the trainee gets a letter. Raises Refused without a reason."""
    if not reason.strip():
        raise Refused("Say what should change; the trainee reads this.", field="reason")
    return _decide(entry_public_ids, ReviewState.RETURNED, actor, at, reason=reason.strip())


def undo(batch: str, actor: User, at: datetime) -> int:
    """Take back one's own decision while it is fresh: the lines wait again. Raises Refused when it is too late."""
    query = select(ReviewDecision).where(ReviewDecision.batch == batch, ReviewDecision.actor_id == actor.id)
    decisions = list(db.session.scalars(query))
    if not decisions:
        raise NotFound
    if at - decisions[0].at > UNDO_WITHIN:
        raise Refused("It is too late to undo this. Reopen the line on its own page, with a reason.")
    reviews = _locked_by_id([d.entry_id for d in decisions])
    fresh = [r for r in reviews if r.decided_at == decisions[0].at and r.decided_by_id == actor.id]
    for review in fresh:
        _reopen(review, actor, at, reason="Undone")
    return len(fresh)


def reopen(entry_public_id: str, actor: User, at: datetime, *, reason: str) -> None:
    """Look at a decided line again, for a reason that is kept."""
    if not reason.strip():
        raise Refused("Say why this line is looked at again.", field="reason")
    reviews = _locked({entry_public_id})
    if not reviews:
        raise NotFound
    if reviews[0].state in {ReviewState.CHECKED, ReviewState.RETURNED}:
        _reopen(reviews[0], actor, at, reason=reason.strip())


def _decide(ids: Iterable[str], to: ReviewState, actor: User, at: datetime, *, reason: str) -> str:
    wanted = set(ids)
    if not wanted:
        raise Refused("Choose at least one line.", field="entries")
    reviews = _locked(wanted)
    if len(reviews) != len(wanted):
        raise NotFound
    if any(review.user_id == actor.id for review in reviews):
        raise Refused("Nobody checks their own hours. Ask a colleague.", field="entries")
    batch = secrets.token_hex(8)
    waiting = [review for review in reviews if review.state == ReviewState.SENT]
    close_looks(waiting, actor, at)
    for review in waiting:
        _move(review, to, actor=actor, at=at, batch=batch, reason=reason)
        review.decided_at, review.decided_by_id, review.reason = at, actor.id, reason
    if to == ReviewState.RETURNED:
        _tell(waiting, reason, at, batch)
    return batch


def _reopen(review: LedgerReview, actor: User, at: datetime, *, reason: str) -> None:
    _move(review, ReviewState.SENT, actor=actor, at=at, batch=secrets.token_hex(8), reason=reason)
    review.decided_at = review.decided_by_id = None
    review.reason = ""


def _move(review: LedgerReview, to: ReviewState, *, actor: User, at: datetime, batch: str, reason: str = "") -> None:
    REVIEW_MOVES.check(review.state, to)
    db.session.add(
        ReviewDecision(
            entry_id=review.entry_id,
            was=review.state,
            became=to,
            actor_id=actor.id,
            at=at,
            reason=reason,
            batch=batch,
        )
    )
    record(f"hours.{to}", subject=review, actor=actor, at=at, was=str(review.state))
    review.state = to


def _tell(reviews: Sequence[LedgerReview], reason: str, at: datetime, batch: str) -> None:
    by_user: dict[int, list[LedgerReview]] = {}
    for review in reviews:
        by_user.setdefault(review.user_id, []).append(review)
    users = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(by_user)))}
    for user_id, returned in by_user.items():
        promise_returned(users[user_id], [r.entry for r in returned], reason, batch=batch, at=at)


def _locked(public_ids: set[str], *conditions: object) -> list[LedgerReview]:
    query = (
        select(LedgerReview)
        .join(LedgerEntry, LedgerEntry.id == LedgerReview.entry_id)
        .where(LedgerEntry.public_id.in_(public_ids), ~is_reversed(LedgerEntry.id), *conditions)  # type: ignore[arg-type]
    )
    return _lock(query)


def _locked_by_id(ids: Sequence[int]) -> list[LedgerReview]:
    query = select(LedgerReview).join(LedgerEntry, LedgerEntry.id == LedgerReview.entry_id)
    return _lock(query.where(LedgerReview.entry_id.in_(ids)))


def _lock(query: object) -> list[LedgerReview]:
    from sqlalchemy import Select

    assert isinstance(query, Select)
    ordered = query.options(joinedload(LedgerReview.entry, innerjoin=True)).order_by(LedgerReview.entry_id)
    return list(
        db.session.scalars(
            ordered.with_for_update(of=LedgerReview, key_share=True).execution_options(populate_existing=True)
        )
    )
