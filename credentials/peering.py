"""Peer exchange: what was given counts as paid as far as it was given back; the rest is pro bono.

One school's arithmetic (ICA): coach 10 h, be a client 8 h, and 8 h are paid and 2 h pro bono. ICF's own page is silent
and, on students, stricter; so the engine flags such hours for review.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, ScalarSelect, func, select

from credentials.models import CoachingSession, Payment, PeerHour
from foundation.db import db

OVER = ":over"


T = TypeVar("T", bound=Any)
"""A session: its entity, or the plain row of `recalling`."""


@dataclass(frozen=True, slots=True)
class Balance:
    """Whole minutes coached for peers and received from them."""

    given: int
    received: int

    @property
    def paid(self) -> int:
        return min(self.given, self.received)

    @property
    def surplus(self) -> int:
        """Given and not given back: pro bono until it is."""
        return self.given - self.paid

    @property
    def owed(self) -> int:
        """Received beyond what was given."""
        return self.received - self.paid


@dataclass(frozen=True, slots=True)
class Piece(Generic[T]):
    """A session, or the part of it on one side of the balance. `over` names the second part."""

    session: T
    minutes: int
    payment: Payment
    over: bool = False

    @property
    def id(self) -> str:
        return str(self.session.public_id) + (OVER if self.over else "")


def received_minutes(user_id: int) -> int:
    """What a person received from peers; reversed rows cancel to the minute."""
    return int(db.session.scalar(select(received_by(user_id))) or 0)


def received_by(user_id: int | ColumnElement[int]) -> ScalarSelect[int]:
    """The same as a part of a larger statement."""
    query = select(func.coalesce(func.sum(PeerHour.minutes), 0)).where(PeerHour.user_id == user_id)
    return query.scalar_subquery()


def balance_of(sessions: Iterable[CoachingSession], received: int) -> Balance:
    given = sum(session.minutes for session in sessions if session.payment == Payment.PEER_EXCHANGE)
    return Balance(given, received)


def pieces_of(sessions: Iterable[T], received: int) -> list[Piece[T]]:
    """The sessions as they count. Exchange is balanced from the oldest day on; what goes past it is pro bono."""
    left = received
    pieces: list[Piece[T]] = []
    for session in sorted(sessions, key=lambda one: (one.on, one.id)):
        if session.payment != Payment.PEER_EXCHANGE:
            pieces.append(Piece(session, session.minutes, session.payment))
            continue
        paid = min(left, session.minutes)
        left -= paid
        if paid:
            pieces.append(Piece(session, paid, Payment.PEER_EXCHANGE))
        if paid < session.minutes:
            pieces.append(Piece(session, session.minutes - paid, Payment.PRO_BONO, over=bool(paid)))
    return pieces
