"""The enrollment agreement, in the versions that the owner published."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from foundation.db import Model, pk


class PublishedAgreement(Model):
    """One wording, in force from the moment it was published until the next one. Never edited: people agreed to it."""

    __tablename__ = "published_agreement"
    __table_args__ = ({"info": {"append_only": True}},)

    id: Mapped[pk]
    version: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    body_md: Mapped[str]
    note: Mapped[str]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    published_at: Mapped[datetime]

    published_by: Mapped[User | None] = relationship()
