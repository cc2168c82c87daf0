"""The participants' report of a meeting room, brought to a class: looked at, then saved to its sheet."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from courseware.models.classes import LiveClass
from foundation.db import Model, pk, public_id, word
from foundation.states import Moves


class ReportState(StrEnum):
    """`shown`: looked at, nothing written. `saved`: its minutes stand on the sheet, its rows are kept as evidence."""

    SHOWN = "shown"
    SAVED = "saved"


REPORT_MOVES = Moves("attendance report", {ReportState.SHOWN: {ReportState.SAVED}, ReportState.SAVED: set()})


class AttendanceReport(Model):
    """One file. Its bytes are kept, sealed, only while somebody looks at it; then its digest and rows stand for it.

    `picks` are the answers of whoever looks: the number of a participant in the file, an enrollment or 0 for nobody.
    """

    __tablename__ = "attendance_report"
    __table_args__ = (
        Index("ix_attendance_report_class", "live_class_id", "id"),
        Index(
            "uq_attendance_report_saved_once",
            "live_class_id",
            "digest",
            unique=True,
            postgresql_where=text("state = 'saved'"),
        ),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    live_class_id: Mapped[int] = mapped_column(ForeignKey("live_class.id"))
    state: Mapped[ReportState] = mapped_column(word(ReportState), default=ReportState.SHOWN)
    digest: Mapped[str]
    file_name: Mapped[str] = mapped_column(default="")
    time_zone: Mapped[str]
    picks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sealed_file: Mapped[str] = mapped_column(default="")
    rows: Mapped[list[Any]] = mapped_column(default=list)
    brought_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    brought_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    saved_at: Mapped[datetime | None]

    live_class: Mapped[LiveClass] = relationship()
    saved_by: Mapped[User | None] = relationship(foreign_keys=[saved_by_id])
