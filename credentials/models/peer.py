"""Peer exchange: the hours in which the trainee was the client of a peer."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.db import Model, pk, public_id
from foundation.secrets import decrypt


class PeerHour(Model):
    """A session received from a peer. A mistake is reversed by a second row that names it; nothing is edited."""

    __tablename__ = "peer_hour"
    __table_args__ = (
        Index("ix_peer_hour_claim", "claim_id", postgresql_where=text("claim_id IS NOT NULL")),
        CheckConstraint("minutes BETWEEN 1 AND 720 OR reverses_id IS NOT NULL", name="minutes_of_one_sitting"),
        Index("ix_peer_hour_user_on", "user_id", "on", "id"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    on: Mapped[date]
    minutes: Mapped[int]
    sealed_peer: Mapped[str] = mapped_column(default="")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("peer_hour.id"), unique=True)
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("prior_learning.id"))  # came with a passport
    recorded_at: Mapped[datetime]

    @property
    def peer(self) -> str:
        """In clear: for the trainee alone."""
        return decrypt(self.sealed_peer) if self.sealed_peer else ""
