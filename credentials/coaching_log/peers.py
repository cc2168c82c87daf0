"""Hours received from peers: noted, and taken back by a second row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from accounts.models import User
from credentials.models import PeerHour
from foundation.audit import record
from foundation.db import db, new_public_id
from foundation.errors import NotFound, Refused
from foundation.secrets import encrypt


def note_received(user: User, *, on: date, minutes: int, peer: str, at: datetime) -> PeerHour:
    """A session in which a peer coached the trainee. Raises Refused."""
    if on > at.astimezone(ZoneInfo(user.time_zone)).date():
        raise Refused("This day has not come yet.", field="on")
    if not 1 <= minutes <= 720:
        raise Refused("A session has between 1 minute and 12 hours.", field="minutes")
    noted = PeerHour(
        user_id=user.id,
        on=on,
        minutes=minutes,
        sealed_peer=encrypt(peer.strip()) if peer.strip() else "",
        recorded_at=at,
    )
    db.session.add(noted)
    db.session.flush()
    record("peer_hour.noted", subject=noted, actor=user, at=at, minutes=minutes)
    return noted


def take_back_received(noted: PeerHour, *, user: User, at: datetime) -> None:
    """Cancel a noted session by a second row. Done twice it is done once."""
    values = {
        "public_id": new_public_id(),
        "user_id": user.id,
        "on": noted.on,
        "minutes": -noted.minutes,
        "sealed_peer": "",
        "reverses_id": noted.id,
        "recorded_at": at,
    }
    db.session.execute(insert(PeerHour).values(**values).on_conflict_do_nothing())
    record("peer_hour.taken_back", subject=noted, actor=user, at=at, minutes=noted.minutes)


def received_of(user: User) -> Sequence[PeerHour]:
    """What stands, newest first."""
    other = aliased(PeerHour)
    gone = select(other.id).where(other.reverses_id == PeerHour.id).exists()
    query = select(PeerHour).where(PeerHour.user_id == user.id, PeerHour.reverses_id.is_(None), ~gone)
    return db.session.scalars(query.order_by(PeerHour.on.desc(), PeerHour.id.desc()).limit(200)).all()


def peer_hour_of(user: User, public_id: str) -> PeerHour:
    """One's own; anybody else's is not found."""
    query = select(PeerHour).where(PeerHour.public_id == public_id, PeerHour.user_id == user.id)
    found = db.session.scalar(query.where(PeerHour.reverses_id.is_(None)))
    if found is None:
        raise NotFound
    return found
