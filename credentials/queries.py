"""Reads that other rooms need of the hours."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, func, select

from credentials.models import LedgerReview, ReviewState
from credentials.profiling import is_reversed
from credentials.summing import CHECKED, COUNTED, totals_of
from credentials.wording import KINDS
from foundation.filters import hours


@cache
def waiting_for_review() -> Select[*tuple[Any, ...]]:
    """How many lines wait to be checked, as a statement that a larger one can hold."""
    waits = (LedgerReview.state == ReviewState.SENT, ~is_reversed(LedgerReview.entry_id))
    return select(func.count(LedgerReview.entry_id)).where(*waits)


def hours_by_kind(user_id: int) -> list[tuple[str, str]]:
    """A person's hours in pairs, kind by kind and in all, with what still waits; one statement."""
    totals = totals_of(user_id)
    kinds = [(words, kind) for kind, words in KINDS.items() if totals.minutes(kind)]
    pairs = [(words, totals.minutes(kind, CHECKED), totals.minutes(kind, COUNTED)) for words, kind in kinds]
    every = ("In all", totals.minutes(None, CHECKED), totals.minutes())
    return [(label, _with_waiting(checked, both)) for label, checked, both in [*pairs, every]]


def _with_waiting(checked: int, both: int) -> str:
    return hours(both) if checked == both else f"{hours(both)}, of which {hours(both - checked)} wait"
