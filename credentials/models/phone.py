"""The phone that keeps sessions while there is no network."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from foundation.db import Model, pk, public_id
from foundation.secrets import decrypt


class PhoneKey(Model):
    """What seals a trainee's waiting sessions on their phones; `public_id` is the name they wait under there."""

    __tablename__ = "phone_key"

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    sealed_key: Mapped[str]
    made_at: Mapped[datetime]

    @property
    def key(self) -> str:
        """256 bits in base64: for the trainee's own phones alone."""
        return decrypt(self.sealed_key)
