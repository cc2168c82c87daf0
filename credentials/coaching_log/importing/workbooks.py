"""XLSX files: the visible sheets, merged cells filled, formulas as they were last reckoned."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.datetime import MAC_EPOCH

from credentials.coaching_log.importing.grids import UNSAVED, Grid, Line
from foundation.errors import Refused

OLD_EXCEL = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"
MOST_BYTES = 150 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 50_000, 200
FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
UNREADABLE = "This workbook can't be opened. Save it again as .xlsx or as CSV."


def is_workbook(data: bytes) -> bool:
    """Whether this is a spreadsheet rather than text. Raises Refused for a kind that we don't read."""
    if data.startswith(OLD_EXCEL):
        raise Refused("This is an old or password-protected Excel file. Save it as .xlsx or as CSV.", field="file")
    return data.startswith(b"PK")


def workbook_grids(data: bytes) -> Iterator[Grid]:
    """Its visible sheets, in order. Raises Refused where it is no workbook, or one that swells."""
    reckons = _check_archive(data)
    shown, formulas = _open(data, values=True), None
    for sheet in shown.worksheets:
        if sheet.sheet_state != "visible":
            continue
        if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS:
            raise Refused(f"The sheet “{sheet.title}” is too large: at most {MOST_ROWS:,} rows.", field="file")
        if formulas is None and reckons:
            formulas = _open(data, values=False)
        yield Grid(_lines(sheet, formulas[sheet.title] if formulas else None), sheet.title, _epoch(shown))


def _check_archive(data: bytes) -> bool:
    """Whether any sheet holds a formula: those without are read once, not twice."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            return any(FORMULA.search(archive.read(one)) for one in entries if one.filename.endswith(".xml"))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError, OSError):
        raise Refused(UNREADABLE, field="file") from None


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names:
        kind = "an OpenDocument file" if "content.xml" in names else "an archive"
        raise Refused(f"This is {kind}, not a CSV or XLSX file. Save it as .xlsx or as CSV.", field="file")
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise Refused("This workbook is too large once unpacked.", field="file")


def _open(data: bytes, *, values: bool) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(data), data_only=values)
    except Exception:  # openpyxl raises whatever the broken part leads to
        raise Refused(UNREADABLE, field="file") from None


def _epoch(book: Any) -> datetime:
    return datetime(1904, 1, 1) if book.epoch == MAC_EPOCH else datetime(1899, 12, 30)


def _lines(sheet: Any, formulas: Any) -> list[Line]:
    cells = [list(row) for row in sheet.iter_rows(values_only=True)]
    for number, row in enumerate(formulas.iter_rows(values_only=True) if formulas else ()):
        for column, formula in enumerate(row):
            if isinstance(formula, str) and formula.startswith("=") and cells[number][column] is None:
                cells[number][column] = UNSAVED
    for span in sheet.merged_cells.ranges:
        _fill(cells, span)
    return [Line(number, tuple(row)) for number, row in enumerate(cells, 1)]


def _fill(cells: list[list[Any]], span: Any) -> None:
    """A merged name or day holds for every row it spans; merged hours are told once, and stay once."""
    value = cells[span.min_row - 1][span.min_col - 1]
    if not isinstance(value, (str, date)):
        return
    for row in range(span.min_row - 1, min(span.max_row, len(cells))):
        for column in range(span.min_col - 1, min(span.max_col, len(cells[row]))):
            cells[row][column] = value
