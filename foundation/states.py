"""Lifecycles: a table of allowed moves, which a test can walk and a reader can see."""

from __future__ import annotations

from collections.abc import Mapping, Set
from enum import StrEnum
from typing import Generic, TypeVar

S = TypeVar("S", bound=StrEnum)


class MoveRefused(Exception):
    """A thing can't go from one state to another."""


class Moves(Generic[S]):
    """The allowed moves of one lifecycle. A move to the state a thing is in already is no move and always allowed."""

    def __init__(self, name: str, table: Mapping[S, Set[S]]) -> None:
        self.name, self.table = name, table

    def allows(self, old: S, new: S) -> bool:
        return new == old or new in self.table[old]

    def check(self, old: S, new: S) -> None:
        """Raises MoveRefused where the table does not allow the move."""
        if not self.allows(old, new):
            raise MoveRefused(f"{self.name}: {old} can't become {new}")

    def sources(self, new: S) -> set[S]:
        """The states from which `new` can be entered; for a compare-and-set."""
        return {old for old, news in self.table.items() if new in news}

    @property
    def ends(self) -> set[S]:
        return {state for state, news in self.table.items() if not news}
