"""Two clients who are one person: which sessions moved, what stood before, and whether it was undone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from credentials.models.coaching import Client, Consent
from foundation.db import Model, pk, public_id, word


class ClientMerge(Model):
    """One merge. `moved`: the sessions' ids; `filled`: what the kept client had not and got; both are put back.

    `was`, `was_on`: what the kept client had said before; what the other said stands with the other still.
    """

    __tablename__ = "client_merge"
    __table_args__ = (
        CheckConstraint("kept_id <> gone_id", name="of_two"),
        Index("ix_client_merge_kept", "kept_id", "id"),
        Index("uq_client_merge_standing", "gone_id", unique=True, postgresql_where=text("undone_at IS NULL")),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    gone_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    moved: Mapped[list[Any]]
    filled: Mapped[list[Any]]
    was: Mapped[Consent] = mapped_column(word(Consent))
    was_on: Mapped[date | None]
    said: Mapped[Consent] = mapped_column(word(Consent, "said"))
    said_on: Mapped[date | None]
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    kept: Mapped[Client] = relationship(foreign_keys=[kept_id])
    gone: Mapped[Client] = relationship(foreign_keys=[gone_id])
