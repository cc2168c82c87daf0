"""Two clients who are one person: their sessions move to the one who is kept. No line of the ledger is rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.coaching_log.logging_sessions import one_at_a_time
from credentials.confirming.requesting import stop_asking
from credentials.models import Client, ClientMerge, CoachingSession, Consent, LedgerEntry
from foundation.audit import record
from foundation.db import db
from foundation.errors import NotFound, Refused

FILLED = ("sealed_contact", "sealed_organisation")


def merge(user: User, kept: Client, gone: Client, *, consent_of: Client, at: datetime) -> ClientMerge:
    """Count `gone` as `kept` from now on. Done twice it is done once.

    `consent_of`: whose word about standing in the log is this person's; what both have said stays provable. Raises
    NotFound for anybody else's clients, Refused where one is gone already.
    """
    one_at_a_time(user)
    for one in (kept, gone):
        db.session.refresh(one)
    _check(user, kept, gone, consent_of)
    if gone.merged_into_id == kept.id:
        return db.session.scalars(_standing_merges().where(ClientMerge.gone_id == gone.id)).one()
    moved = _move(CoachingSession.client_id == gone.id, kept)
    made = ClientMerge(
        user_id=user.id,
        kept_id=kept.id,
        gone_id=gone.id,
        moved=moved,
        filled=[name for name in FILLED if getattr(gone, name) and not getattr(kept, name)],
        was=kept.consent,
        was_on=kept.consent_on,
        said=consent_of.consent,
        said_on=consent_of.consent_on,
        at=at,
    )
    db.session.add(made)
    for name in made.filled:
        setattr(kept, name, getattr(gone, name))
    gone.merged_into_id = kept.id
    _say(kept, made.said, made.said_on, user, at)
    db.session.flush()
    facts = {"code": gone.code, "into": kept.code, "sessions": len(moved)}
    record("client.merged", subject=gone, actor=user, at=at, **facts, said=str(gone.consent), stands=str(made.said))
    return made


def undo(made: ClientMerge, *, user: User, at: datetime) -> ClientMerge:
    """Two clients again: each session goes back, and what corrected it since. Undone twice it is undone once."""
    one_at_a_time(user)
    db.session.refresh(made)
    if made.undone_at:
        return made
    kept, gone = made.kept, made.gone
    if kept.merged_into_id:
        raise Refused(f"{kept.code} was merged into another client since. Undo that first.")
    if kept.forgotten_at:
        raise Refused("This client was forgotten; there is nothing left to tell them apart by.")
    moved = _move((CoachingSession.client_id == kept.id) & CoachingSession.id.in_(_with_corrections(made.moved)), gone)
    for name in made.filled:
        if getattr(kept, name) == getattr(gone, name):
            setattr(kept, name, "")
    if (kept.consent, kept.consent_on) == (made.said, made.said_on):
        _say(kept, made.was, made.was_on, user, at)
    gone.merged_into_id, made.undone_at = None, at
    db.session.flush()
    record("client.merge_undone", subject=gone, actor=user, at=at, code=gone.code, sessions=len(moved))
    return made


def merge_of(user: User, public_id: str) -> ClientMerge:
    """One's own merge; anybody else's is not found."""
    query = select(ClientMerge).where(ClientMerge.public_id == public_id, ClientMerge.user_id == user.id)
    found = db.session.scalar(query.options(joinedload(ClientMerge.kept), joinedload(ClientMerge.gone)))
    if found is None:
        raise NotFound
    return found


def merges_of(client: Client) -> Sequence[ClientMerge]:
    """Every merge that the client was part of, the latest first; those that were undone too."""
    query = select(ClientMerge).where(or_(ClientMerge.kept_id == client.id, ClientMerge.gone_id == client.id))
    both = (joinedload(ClientMerge.kept), joinedload(ClientMerge.gone))
    return db.session.scalars(query.options(*both).order_by(ClientMerge.id.desc())).all()


def merged_words(entry: LedgerEntry) -> list[str]:
    """Where a line bears a code that was merged into another since: which one, for whoever checks it."""
    query = select(Client).join(CoachingSession, CoachingSession.client_id == Client.id)
    known = db.session.scalar(query.where(CoachingSession.entry_id == entry.id))
    if known is None or known.code == entry.evidence_ref:
        return []
    return [f"{entry.evidence_ref} was merged into {known.code} since"]


def _check(user: User, kept: Client, gone: Client, consent_of: Client) -> None:
    if {kept.user_id, gone.user_id} != {user.id} or consent_of not in (kept, gone):
        raise NotFound
    if kept.id == gone.id:
        raise Refused("A client can’t be merged with themselves.")
    if kept.forgotten_at or gone.forgotten_at:
        raise Refused("A client who was forgotten can’t be merged: nothing tells any more who they were.")
    if kept.merged_into_id or gone.merged_into_id not in (None, kept.id):
        raise Refused("One of the two was merged already.")


def _move(which: Any, to: Client) -> list[int]:
    """Sessions that were taken back go along: their history stays together."""
    moved = update(CoachingSession).where(which).values(client_id=to.id).returning(CoachingSession.id)
    return sorted(db.session.scalars(moved.execution_options(synchronize_session=False)))


def _with_corrections(moved: list[int]) -> Any:
    first = select(CoachingSession.id).where(CoachingSession.id.in_(moved)).cte("moved", recursive=True)
    return select(
        first.union_all(select(CoachingSession.id).join(first, CoachingSession.replaces_id == first.c.id)).c.id
    )


def _standing_merges() -> Select[ClientMerge]:
    return select(ClientMerge).where(ClientMerge.undone_at.is_(None))


def _say(kept: Client, consent: Consent, on: date | None, user: User, at: datetime) -> None:
    """What the one person says. Who does not agree is not asked to confirm any more."""
    kept.consent, kept.consent_on = consent, on
    db.session.flush()
    if consent != Consent.GIVEN:
        stop_asking(kept, actor=user, at=at)
