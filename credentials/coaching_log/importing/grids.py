"""What any file becomes first: rows of cells, each with the number that a spreadsheet shows beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

UNSAVED = "\x00unsaved"


@dataclass(frozen=True, slots=True)
class Line:
    """One row. `number` counts from 1 as a spreadsheet does, blank rows and titles included."""

    number: int
    cells: tuple[Any, ...]

    @property
    def is_blank(self) -> bool:
        return not any(text_of(cell) for cell in self.cells)

    def at(self, column: int | None) -> Any:
        return self.cells[column] if column is not None and column < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet. `epoch` is the day from which its serial dates count; `sheet` is empty for a text file."""

    lines: Sequence[Line]
    sheet: str = ""
    epoch: datetime = datetime(1899, 12, 30)


def text_of(cell: Any) -> str:
    """A cell as text, with plain single spaces; an empty one is empty."""
    if cell is None:
        return ""
    text = str(cell).replace("\ufeff", "").replace("\u200b", "").replace("\u00a0", " ")
    return " ".join(text.split())
