"""Addresses we don't write to: known by their HMAC, asked about at the moment of sending."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from foundation.db import db
from mail.models import Scope, StopReason, Suppression

SCOPES = {
    StopReason.HARD_BOUNCE: Scope.ALL,
    StopReason.COMPLAINT: Scope.MARKETING,
    StopReason.UNSUBSCRIBED: Scope.MARKETING,
    StopReason.MANUAL: Scope.ALL,
}
WORDS = {
    StopReason.HARD_BOUNCE: "An earlier letter to this address came back for good.",
    StopReason.COMPLAINT: "The reader reported an earlier letter as unwanted.",
    StopReason.UNSUBSCRIBED: "The reader unsubscribed.",
    StopReason.MANUAL: "The school stopped mail to this address.",
}


def digest(address: str) -> str:
    """The address's HMAC under PRACTICUM_PASSWORD_SALT, which never changes; case and outer space don't count."""
    key = f"mail.address:{current_app.config['SETTINGS'].password_salt}".encode()
    return hmac.new(key, address.strip().lower().encode(), hashlib.sha256).hexdigest()


def stop(address_digest: str, reason: StopReason, *, at: datetime, source: str = "") -> None:
    """Write to an address no more, as far as the reason reaches. Said twice it is said once."""
    values = {"digest": address_digest, "reason": reason, "scope": SCOPES[reason], "at": at, "source": source}
    statement = insert(Suppression).values(**values)
    db.session.execute(statement.on_conflict_do_nothing(index_elements=["digest", "reason"]))


def lift(address_digest: str, reason: StopReason) -> None:
    """The reason is gone: the person asked again, or staff know that the address works."""
    db.session.execute(delete(Suppression).where(Suppression.digest == address_digest, Suppression.reason == reason))


def stops_for(address: str) -> list[Suppression]:
    query = select(Suppression).where(Suppression.digest == digest(address))
    return list(db.session.scalars(query.order_by(Suppression.at, Suppression.reason)))
