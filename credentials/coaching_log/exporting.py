"""The log in ICF's columns: one row a client relationship, hours paid and pro bono, as CSV or XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.models import CoachingSession, Consent, Format, LedgerReview, Payment
from credentials.peering import pieces_of, received_minutes
from credentials.profiling import is_reversed
from credentials.summing import COUNTED
from foundation.csvs import neutral
from foundation.db import db

HEADER = [
    "Client Name",
    "Contact Information",
    "Individual/Group",
    "Number in Group",
    "Start Date",
    "End Date",
    "Paid Hours",
    "Pro Bono Hours",
]
WIDTHS = (28, 30, 17, 17, 13, 13, 12, 16)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Relationship:
    """All that was coached with one client in one setting. `on`, `until`: the first and last day."""

    name: str
    contact: str
    people: int
    on: date
    until: date
    paid: int = 0
    pro_bono: int = 0

    @property
    def cells(self) -> list[Any]:
        kind, size = ("Group", self.people) if self.people > 1 else ("Individual", 1)
        return [self.name, self.contact, kind, size, self.on, self.until, _hours(self.paid), _hours(self.pro_bono)]


def relationships_of(sessions: Iterable[CoachingSession], received: int = 0) -> list[Relationship]:
    """Sessions gathered by client and size of group, in the order of the clients' codes.

    `received`: minutes that peers gave back; exchange beyond them stands as pro bono.
    """
    found: dict[tuple[int, Format, int], Relationship] = {}
    pieces = pieces_of(sessions, received)
    for piece in sorted(pieces, key=lambda p: (p.session.client.number, p.session.participants, p.session.on)):
        one = piece.session
        client, last = one.client, one.until or one.on
        key = (client.id, one.format, one.participants)
        row = found.setdefault(key, Relationship(client.name, client.contact, one.participants, one.on, last))
        row.on, row.until = min(row.on, one.on), max(row.until, last)
        if piece.payment == Payment.PRO_BONO:
            row.pro_bono += piece.minutes
        else:
            row.paid += piece.minutes
    return list(found.values())


def icf_rows(user: User) -> list[Relationship]:
    """What ICF's log of a trainee lists."""
    return relationships_of(listed_sessions(user).sessions, received_minutes(user.id))


class Listed(NamedTuple):
    """What ICF's log may list, and the minutes that stay out: the client refused, or review has returned them."""

    sessions: list[CoachingSession]
    refused: int
    returned: int


def listed_sessions(user: User) -> Listed:
    """The sessions that ICF's log may list: with the minutes that stay out they are what the log's page counts."""
    query = (
        select(CoachingSession, LedgerReview.state)
        .join(LedgerReview, LedgerReview.entry_id == CoachingSession.entry_id)
        .where(CoachingSession.user_id == user.id, ~is_reversed(CoachingSession.entry_id))
        .options(joinedload(CoachingSession.client))
    )
    every = db.session.execute(query).all()
    counted = [session for session, state in every if state in COUNTED]
    listed = [session for session in counted if session.client.consent != Consent.REFUSED]
    refused = sum(session.minutes for session in counted if session.client.consent == Consent.REFUSED)
    return Listed(listed, refused, sum(session.minutes for session, state in every if state not in COUNTED))


def icf_csv(rows: Sequence[Relationship]) -> bytes:
    """CSV in UTF-8 with a mark; no cell that a spreadsheet would run."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows([neutral(_iso(cell)) for cell in row.cells] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def icf_xlsx(rows: Sequence[Relationship]) -> bytes:
    """A workbook with days as days and hours as numbers. The last row adds up, in figures and not in formulas."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Client Coaching Log"
    sheet.append(HEADER)
    for row in rows:
        sheet.append([neutral(cell) for cell in row.cells])
    totals = [_hours(sum(row.paid for row in rows)), _hours(sum(row.pro_bono for row in rows))]
    sheet.append(["Total", None, None, None, None, None, *totals])
    _dress(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _dress(sheet: Any) -> None:
    for column, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number in (1, sheet.max_row):
        for cell in sheet[number]:
            cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for line in sheet.iter_rows(min_row=2):
        for cell in line[:2]:
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
        for cell in line[4:6]:
            cell.number_format = "yyyy-mm-dd"
        for cell in line[6:8]:
            cell.number_format = "0.00"
    sheet.freeze_panes = "A2"


def _hours(minutes: int) -> float:
    """Hours to the hundredth, rounded down as on every page: a whole minute still comes back as itself."""
    return minutes * 100 // 60 / 100


def _iso(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, date) else cell
