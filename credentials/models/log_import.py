"""A log that was kept elsewhere and taken over: looked at, taken, and undone if need be."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from foundation.db import Model, pk, public_id, word
from foundation.secrets import decrypt
from foundation.states import Moves


class ImportState(StrEnum):
    """What is under way is `reading`, `taking` and `undoing`: some rows at a time, and the worker goes on with it.

    `refused`: no log was in it. `shown`: looked at, nothing written. `taken`: its lines stand in the ledger.
    `undone`: all of them reversed.
    """

    READING = "reading"
    REFUSED = "refused"
    SHOWN = "shown"
    TAKING = "taking"
    TAKEN = "taken"
    UNDOING = "undoing"
    UNDONE = "undone"


IMPORT_MOVES = Moves(
    "import",
    {
        ImportState.READING: {ImportState.SHOWN, ImportState.REFUSED},
        ImportState.REFUSED: set(),
        ImportState.SHOWN: {ImportState.TAKING},
        ImportState.TAKING: {ImportState.TAKEN},
        ImportState.TAKEN: {ImportState.UNDOING},
        ImportState.UNDOING: {ImportState.UNDONE},
        ImportState.UNDONE: set(),
    },
)
LOOKS = (ImportState.READING, ImportState.REFUSED, ImportState.SHOWN)
UNDER_WAY = (ImportState.READING, ImportState.TAKING, ImportState.UNDOING)


class LogImport(Model):
    """One file. Its bytes are kept, sealed, until it is written; what can't be imported stays, sealed, afterwards.

    `done` of `steps` rows are written or, while it is undone, lines reversed.
    """

    __tablename__ = "log_import"
    __table_args__ = (
        CheckConstraint("done BETWEEN 0 AND steps", name="done_within_steps"),
        Index("ix_log_import_user", "user_id", "id"),
        Index(
            "ix_log_import_under_way",
            "id",
            postgresql_where=text("state IN ('reading', 'taking', 'undoing')"),
        ),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    state: Mapped[ImportState] = mapped_column(word(ImportState))
    sealed_name: Mapped[str] = mapped_column(default="")
    sealed_file: Mapped[str] = mapped_column(default="")
    sealed_look: Mapped[str] = mapped_column(default="", server_default="")
    report: Mapped[dict[str, Any]]
    steps: Mapped[int] = mapped_column(default=0, server_default="0")
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def percent(self) -> int:
        return 100 * self.done // self.steps if self.steps else 0

    @property
    def name(self) -> str:
        """The file's name, which may hold a client's: for the trainee alone."""
        return decrypt(self.sealed_name) if self.sealed_name else "a file"
