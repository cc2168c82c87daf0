"""The credentials that somebody holds, as they recorded them; added and withdrawn, never edited."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from accounts.models import User
from credentials.evaluating.calendar import shift_years
from credentials.models import HeldCredential, Level
from foundation.audit import record
from foundation.db import db
from foundation.errors import NotFound, Refused

RANK = {Level.ACC: 1, Level.PCC: 2, Level.MCC: 3}
LONGEST_YEARS = 5
FIRST_CREDENTIALS = 1998


def note_credential(
    user: User, *, level: Level, granted_on: date, expires_on: date, number: str = "", at: datetime
) -> HeldCredential:
    """Record a credential, or its renewal as a further record with a later end. Raises Refused."""
    today = at.astimezone(ZoneInfo(user.time_zone)).date()
    if granted_on > today:
        raise Refused("This day has not come yet.", field="granted_on")
    if granted_on.year < FIRST_CREDENTIALS:
        raise Refused("Look at the year again.", field="granted_on")
    if expires_on <= granted_on:
        raise Refused("It expires after it was granted.", field="expires_on")
    if expires_on > shift_years(today, LONGEST_YEARS):
        raise Refused("A credential lasts three years. Look at the year again.", field="expires_on")
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update(key_share=True))
    if any((one.level, one.expires_on) == (level, expires_on) for one in credentials_of(user)):
        raise Refused("This is recorded already. Take the record back first if it is wrong.", field="expires_on")
    made = HeldCredential(
        user_id=user.id, level=level, number=number, granted_on=granted_on, expires_on=expires_on, recorded_at=at
    )
    db.session.add(made)
    db.session.flush()
    facts = {"level": str(level), "expires_on": expires_on.isoformat()}
    record("credential.noted", subject=made, actor=user, at=at, **facts)
    return made


def withdraw_credential(held: HeldCredential, *, user: User, at: datetime) -> None:
    """Take a record back by another that names it. Done twice it is done once."""
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update(key_share=True))
    if db.session.scalar(select(HeldCredential.id).where(HeldCredential.withdraws_id == held.id)):
        return
    withdrawal = HeldCredential(
        user_id=user.id,
        level=held.level,
        granted_on=held.granted_on,
        expires_on=held.expires_on,
        withdraws_id=held.id,
        recorded_at=at,
    )
    db.session.add(withdrawal)
    db.session.flush()
    record("credential.withdrawn", subject=held, actor=user, at=at, level=str(held.level))


def stands() -> ColumnElement[bool]:
    """SQL: whether a record of a credential is neither a withdrawal nor withdrawn."""
    other = aliased(HeldCredential)
    return (
        HeldCredential.withdraws_id.is_(None)
        & ~select(other.id).where(other.withdraws_id == HeldCredential.id).exists()
    )


def credentials_of(user: User) -> list[HeldCredential]:
    """What stands, the credential that lasts longest first."""
    query = select(HeldCredential).where(HeldCredential.user_id == user.id, stands())
    return list(db.session.scalars(query.order_by(HeldCredential.expires_on.desc(), HeldCredential.id.desc())))


def credential_of(user: User, public_id: str) -> HeldCredential:
    """One's own record; anybody else's, or one that was withdrawn, is not found."""
    own = (HeldCredential.user_id == user.id, HeldCredential.public_id == public_id, stands())
    found = db.session.scalar(select(HeldCredential).where(*own))
    if found is None:
        raise NotFound
    return found


def current(held: Iterable[HeldCredential], day: date) -> HeldCredential | None:
    """The credential that is to be renewed: the highest that can still be, else the one that lasted longest."""
    known = list(held)
    renewable = [one for one in known if shift_years(one.expires_on, 1) >= day]
    return max(renewable or known, key=lambda one: (RANK[one.level], one.expires_on), default=None)


def holds_on(user_id: int, level: str, day: date) -> bool:
    """Whether somebody has recorded this credential, or a higher one, and it is good on a day."""
    enough = [one for one in RANK if RANK[one] >= RANK[Level(level)]]
    query = select(HeldCredential.id).where(HeldCredential.user_id == user_id, HeldCredential.level.in_(enough))
    good = query.where(HeldCredential.granted_on <= day, HeldCredential.expires_on >= day, stands())
    return db.session.scalar(good.limit(1)) is not None
