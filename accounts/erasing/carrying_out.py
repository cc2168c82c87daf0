"""Carrying out: when the days are over, one transaction takes the person out of every room.

A worker that dies leaves everything as it was, and the next one begins anew. Files are removed after the commit; what
a crash leaves of them stands in `leftovers` until a later sweep has removed it. For two days each sweep goes over
what is done once more, for letters and webhooks that were on their way in that very moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from accounts.erasing import letters
from accounts.erasing.asking import open_matters
from accounts.erasing.models import ERASURE_MOVES, Erasure, ErasureState
from accounts.erasing.striking import allow, strike_all
from accounts.erasing.terms import Doing, parts
from accounts.identifying import datastore_uniquifier
from accounts.models import User
from foundation.audit import record
from foundation.db import db

NAME = "Erased person"
STRAYS = timedelta(days=2)
"""How long what was on its way may still come in under the old name."""


def due(at: datetime) -> Sequence[int]:
    """Whose days are over."""
    query = select(Erasure.id).where(Erasure.state == ErasureState.WAITING, Erasure.due_at <= at)
    return db.session.scalars(query.order_by(Erasure.due_at, Erasure.id)).all()


def carry_out(erasure_id: int, *, at: datetime) -> bool:
    """Erase, once, if nothing is open any more; False where somebody else does it, has done it, or it has to wait."""
    made = _claimed(erasure_id)
    if made is None or made.due_at > at:
        return False
    if matters := open_matters(made.user, at):
        said = " ".join(one.words for one in matters)
        if made.held_words != said:
            made.held_words = said
            letters.held(made, matters, at=at)
        return False
    doing = Doing(made.user, made.withdraws, at)
    allow()
    for part in parts():
        if part.before is not None:
            part.before(doing)
    strike_all(made.user, until=at)
    _leave_nobody(made.user, at)
    ERASURE_MOVES.check(made.state, ErasureState.DONE)
    made.state, made.ended_at, made.held_words, made.leftovers = ErasureState.DONE, at, "", doing.leftovers
    db.session.flush()
    record("user.erased", subject=made.user, actor=made.by, at=at, wish=made.id, files=len(doing.leftovers))
    return True


def to_go_over(at: datetime) -> Sequence[int]:
    """Done lately, or with files still on the disk."""
    query = select(Erasure.id).where(Erasure.state == ErasureState.DONE)
    query = query.where((Erasure.ended_at > at - STRAYS) | (Erasure.leftovers != []))
    return db.session.scalars(query.order_by(Erasure.id)).all()


def go_over(erasure_id: int, *, at: datetime) -> int:
    """Take out what came in late, and remove the files that are left; says how many. Done again it does no harm."""
    made = db.session.scalars(select(Erasure).where(Erasure.id == erasure_id).with_for_update(key_share=True)).one()
    allow()
    strike_all(made.user, until=made.ended_at or at)
    had = [str(name) for name in made.leftovers]
    made.leftovers = [name for name in had if not _is_gone(name, at)]
    return len(had) - len(made.leftovers)


def _is_gone(name: str, at: datetime) -> bool:
    return all(part.remove_file(name, at) for part in parts() if part.remove_file is not None)


def _claimed(erasure_id: int) -> Erasure | None:
    """The wish and its person, locked against whoever still writes for them; None where another worker has it."""
    query = select(Erasure).where(Erasure.id == erasure_id, Erasure.state == ErasureState.WAITING)
    made = db.session.scalar(query.with_for_update(of=Erasure, skip_locked=True, key_share=True))
    if made is not None:
        _await_others(made.user)
    return made


def _await_others(user: User) -> None:
    """Sessions end here; and as this changes a key, whoever is just writing a row of theirs is waited for."""
    db.session.refresh(user)
    user.fs_uniquifier = datastore_uniquifier()
    db.session.flush()


def _leave_nobody(user: User, at: datetime) -> None:
    """The row stays, because papers and books refer to it; nobody is behind it, and nobody signs in with it."""
    user.name, user.email = NAME, f"erased-{user.id}@erased.invalid"
    user.password, user.tf_primary_method, user.tf_totp_secret, user.mf_recovery_codes = None, None, None, None
    user.active, user.confirmed_at = False, None
    user.time_zone, user.roles = "UTC", []
    user.erasure_due_at, user.erased_at = None, at
