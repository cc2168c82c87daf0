"""Asking: a person wants to be erased, thinks better of it, or an owner sees to it at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from accounts.erasing import letters
from accounts.erasing.models import ERASURE_MOVES, Erasure, ErasureState
from accounts.erasing.terms import Matter, parts
from accounts.models import User
from foundation.audit import record
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.tokens import read, sign

GRACE = timedelta(days=14)
TAKE_BACK = "erasure.take-back"


def open_matters(user: User, at: datetime) -> list[Matter]:
    """What has to come to an end first, as each room says it."""
    return [one for part in parts() if part.open_matters for one in part.open_matters(user, at)]


def ask(user: User, *, withdraws: bool, at: datetime) -> Erasure:
    """Begin the days of grace; asked again while they run, nothing changes. Raises Refused while something bars it."""
    known = waiting(user.id, lock=True)
    if known is not None:
        return known
    if any(one.bars for one in open_matters(user, at)):
        raise Refused("Something is still open. See what comes first, above.")
    made = _begin(user, withdraws=withdraws, due_at=at + GRACE, at=at)
    record("erasure.asked", subject=made, actor=user, at=at)
    letters.asked(made, at=at)
    return made


def ask_at_once(user: User, *, actor: User, reason: str, withdraws: bool, at: datetime) -> Erasure:
    """An owner does not wait for the days of grace. Raises Refused while anything is open, or without a reason."""
    if not reason.strip():
        raise Refused("Say why; it is kept.", field="reason")
    if user.erased_at is not None:
        raise Refused("This person has been erased already.")
    if user.id == actor.id:
        raise Refused("Nobody erases themselves from here. Use your own account page.")
    if matters := open_matters(user, at):
        raise Refused("Something is still open: " + " ".join(one.words for one in matters))
    made = waiting(user.id, lock=True) or _begin(user, withdraws=withdraws, due_at=at, at=at)
    made.by_id, made.reason, made.due_at = actor.id, reason.strip(), min(made.due_at, at)
    made.withdraws = made.withdraws or withdraws
    db.session.flush()
    record("erasure.ordered", subject=made, actor=actor, at=at)
    return made


def take_back(made: Erasure, *, at: datetime) -> None:
    """Everything stays as it is. Said twice it is said once; once it is done it is too late, and Refused is raised."""
    db.session.refresh(made, with_for_update={"of": Erasure, "key_share": True})
    if made.state == ErasureState.TAKEN_BACK:
        return
    if not ERASURE_MOVES.allows(made.state, ErasureState.TAKEN_BACK):
        raise Refused("This account has been erased. It can't be brought back.")
    made.state, made.ended_at = ErasureState.TAKEN_BACK, at
    made.user.erasure_due_at = None
    db.session.flush()
    record("erasure.taken_back", subject=made, actor=made.user, at=at)
    letters.taken_back(made, at=at)


def waiting(user_id: int, *, lock: bool = False) -> Erasure | None:
    """The wish that waits, if there is one. With `lock` two that ask at once make one of it."""
    if lock:
        db.session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    query = select(Erasure).where(Erasure.user_id == user_id, Erasure.state == ErasureState.WAITING)
    return db.session.scalar(query)


def token_of(made: Erasure) -> str:
    return sign(TAKE_BACK, made.public_id)


def by_token(token: str) -> Erasure:
    """The wish that a letter's link is about. Raises Refused where the link is none of ours, NotFound."""
    found = db.session.scalar(select(Erasure).where(Erasure.public_id == str(read(TAKE_BACK, token))))
    if found is None:
        raise NotFound
    return found


def _begin(user: User, *, withdraws: bool, due_at: datetime, at: datetime) -> Erasure:
    made = Erasure(user_id=user.id, withdraws=withdraws, asked_at=at, due_at=due_at)
    db.session.add(made)
    db.session.flush()
    user.erasure_due_at = due_at
    return made
