"""A log that was kept elsewhere and taken over: looked at, taken, and undone if need be."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from foundation.db import Model, pk, public_id, word
from foundation.secrets import decrypt
from foundation.states import Moves


class ImportState(StrEnum):
    """`shown`: looked at, nothing written. `taken`: its lines stand in the ledger. `undone`: all of them reversed."""

    SHOWN = "shown"
    TAKEN = "taken"
    UNDONE = "undone"


IMPORT_MOVES = Moves(
    "import",
    {
        ImportState.SHOWN: {ImportState.TAKEN},
        ImportState.TAKEN: {ImportState.UNDONE},
        ImportState.UNDONE: set(),
    },
)


class LogImport(Model):
    """One file. Its bytes are kept, sealed, only while the trainee looks at what it would write."""

    __tablename__ = "log_import"
    __table_args__ = (Index("ix_log_import_user", "user_id", "id"),)

    id: Mapped[pk]
    public_id: Mapped[public_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    state: Mapped[ImportState] = mapped_column(word(ImportState))
    sealed_name: Mapped[str] = mapped_column(default="")
    sealed_file: Mapped[str] = mapped_column(default="")
    report: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    @property
    def name(self) -> str:
        """The file's name, which may hold a client's: for the trainee alone."""
        return decrypt(self.sealed_name) if self.sealed_name else "a file"
