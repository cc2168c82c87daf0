"""Signs of life."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from foundation.db import Model, db


class Heartbeat(Model):
    """When a process was last seen at work: beat says the word, the worker writes it down."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


def beat(name: str, at: datetime) -> None:
    statement = insert(Heartbeat).values(name=name, at=at)
    db.session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"at": at}))
